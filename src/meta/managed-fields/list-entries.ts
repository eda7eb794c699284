/** The identity of an entry of a list: its keys, or its value. */
import { isJsonObject } from '../schema/go-type.ts'
import type { ListShape } from './shape.ts'

/** Why an entry has no identity; the message is upstream's. */
class EntryError extends Error {
  override readonly name = 'EntryError'
}

/** The path element of an entry; throws an EntryError. */
function elementOf({ keys }: ListShape, entry: unknown): string {
  return keys === undefined ? `v:${scalarText(entry)}` : `k:${keysText(keys, entry)}`
}

function keysText(keys: NonNullable<ListShape['keys']>, entry: unknown): string {
  if (entry === null) throw new EntryError('associative list with keys may not have a null element')
  if (!isJsonObject(entry)) throw new EntryError('associative list with keys may not have non-map elements')
  let text = '{'
  for (const { name, standsFor } of keys) {
    const value = entry[name] ?? standsFor
    // Some of the keys may be absent, but not all of them.
    if (value !== undefined) text += `${text.length > 1 ? ',' : ''}${JSON.stringify(name)}:${JSON.stringify(value)}`
  }
  if (text.length > 1) return `${text}}`
  const names = keys.map(({ name }) => JSON.stringify(name)).join(' ')
  throw new EntryError(
    `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`,
  )
}

function scalarText(entry: unknown): string {
  if (typeof entry === 'object') throw new EntryError(`associative list without keys has an element that's ${sortOf(entry)}`)
  return JSON.stringify(entry)
}

function sortOf(entry: object | null): string {
  if (entry === null) return 'an explicit null'
  return Array.isArray(entry) ? 'a list type' : 'a map type'
}

/** All entries by identity; one that is there several times has several values. Entries without identity go to `onBad`. */
export function entriesOf(
  shape: ListShape,
  list: readonly unknown[],
  onBad: (index: number, why: string) => void = ignore,
): ReadonlyMap<string, readonly unknown[]> {
  const entries = new Map<string, unknown[]>()
  for (const [index, entry] of list.entries()) {
    const element = identityOf(shape, entry, (why) => onBad(index, why))
    if (element === undefined) continue
    const before = entries.get(element)
    if (before === undefined) entries.set(element, [entry])
    else before.push(entry)
  }
  return entries
}

/** Undefined, and a word to `onBad`, where an entry lacks what would tell it from others. */
export function identityOf(shape: ListShape, entry: unknown, onBad: (why: string) => void = ignore): string | undefined {
  try {
    return elementOf(shape, entry)
  } catch (error) {
    if (!(error instanceof EntryError)) throw error
    onBad(error.message)
    return undefined
  }
}

function ignore(): void {}
