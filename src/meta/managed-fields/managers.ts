/** Who owns what: `metadata.managedFields` as a table of managers, and back. */
import type { ManagedFieldsEntry } from '../types.gen.ts'
import { type FieldSet, isSameSet, sorted } from './field-set.ts'

export type Operation = 'Apply' | 'Update'

/** Who writes. */
export type Writer = {
  readonly name: string
  readonly operation: Operation
  readonly apiVersion: string
  /** '' for the object itself. */
  readonly subresource: string
}

export type Manager = Writer & {
  readonly time: string | undefined
  readonly set: FieldSet
  /** What the manager was read from, as long as it says the same. */
  readonly entry: ManagedFieldsEntry | undefined
}

/** By identity. */
export type Managers = ReadonlyMap<string, Manager>

export const noManagers: Managers = new Map()

/** Two writes with the same identity share an entry. The version counts for updates only: an applier has one entry, whatever it speaks. */
export function identityOf({ name, operation, apiVersion, subresource }: Writer): string {
  return JSON.stringify([name, operation, operation === 'Apply' ? '' : apiVersion, subresource])
}

/** The managers of an object that we wrote; what cannot be read counts as nothing at all, as upstream has it. */
export function storedManagers(entries: readonly ManagedFieldsEntry[] | undefined): Managers {
  const managers = (entries ?? []).map(managerOf)
  return managers.every((manager) => manager !== undefined) ? tableOf(managers) : noManagers
}

/** The managers that a client sent; undefined where an entry cannot be read. */
export function sentManagers(entries: readonly ManagedFieldsEntry[]): Managers | undefined {
  const managers = entries.map(managerOf)
  return managers.every((manager) => manager !== undefined && isFieldSet(manager.set)) ? tableOf(managers) : undefined
}

function tableOf(managers: readonly (Manager | undefined)[]): Managers {
  return new Map(managers.flatMap((manager) => (manager === undefined ? [] : [[identityOf(manager), manager]])))
}

function managerOf(entry: ManagedFieldsEntry): Manager | undefined {
  const { manager: name = '', operation, apiVersion = '', subresource = '', time, fieldsType, fieldsV1 = {} } = entry
  const set = fieldsV1 as FieldSet
  if (operation !== 'Apply' && operation !== 'Update') return undefined
  if (apiVersion === '' || fieldsType !== 'FieldsV1') return undefined
  return { name, operation, apiVersion, subresource, time, set, entry }
}

/** A tree of path elements. */
function isFieldSet(value: unknown): value is FieldSet {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  for (const [element, node] of Object.entries(value)) if (!isElement(element) || !isFieldSet(node)) return false
  return true
}

function isElement(element: string): boolean {
  if (element === '.' || element.startsWith('f:')) return true
  if (!/^[kvi]:/.test(element)) return false
  try {
    const value: unknown = JSON.parse(element.slice(2))
    return element.charAt(0) !== 'k' || (typeof value === 'object' && value !== null)
  } catch {
    return false
  }
}

/** The entries to write, in upstream's order; undefined where nobody owns anything. */
export function writeManagers(managers: Managers): readonly ManagedFieldsEntry[] | undefined {
  if (managers.size === 0) return undefined
  return Array.from(managers.values(), entryOf).sort(compareEntries)
}

function entryOf(manager: Manager): ManagedFieldsEntry {
  const { name, operation, apiVersion, subresource, time, set, entry } = manager
  if (entry !== undefined && entry.time === time && entry.fieldsV1 === set && entry.apiVersion === apiVersion) return entry
  return {
    manager: name,
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: sorted(set),
    ...(subresource === '' ? {} : { subresource }),
  }
}

function compareEntries(a: ManagedFieldsEntry, b: ManagedFieldsEntry): number {
  return (
    compareTexts(a.operation, b.operation) ||
    secondsOf(a.time) - secondsOf(b.time) ||
    compareTexts(a.manager, b.manager) ||
    compareTexts(a.apiVersion, b.apiVersion) ||
    compareTexts(a.subresource, b.subresource)
  )
}

function compareTexts(a = '', b = ''): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** No time is the oldest. */
export function secondsOf(time: string | undefined): number {
  return time === undefined ? 0 : Math.floor(Date.parse(time) / 1000)
}

/** Whether two lists of entries say the same, whenever they were written. */
export function isSameButForTimes(a: readonly ManagedFieldsEntry[], b: readonly ManagedFieldsEntry[]): boolean {
  if (a.length !== b.length) return false
  const rest = (entry: ManagedFieldsEntry) => entry.fieldsV1 as FieldSet
  return a.every((ours, at) => {
    const theirs = b[at]
    if (theirs === undefined) return false
    if (ours === theirs) return true
    const isSameWriter =
      ours.manager === theirs.manager &&
      ours.operation === theirs.operation &&
      ours.apiVersion === theirs.apiVersion &&
      ours.subresource === theirs.subresource
    return isSameWriter && isSameSet(rest(ours), rest(theirs))
  })
}
