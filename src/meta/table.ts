/** The server-side table (`meta.k8s.io/v1 Table`): what `kubectl get` prints. */
import type { KubeObject } from './object.ts'
import type { Rule } from './rule.ts'
import type { Schema } from './schema/schema.ts'

/** What a cell may know besides its object. */
export type CellFacts = { readonly nowMs: number }
/** As `meta.k8s.io TableRowCondition`. */
export type RowCondition = { readonly type: string; readonly status: string; readonly reason: string; readonly message: string }
export type Cell = string | number | boolean | null

export type Column<T extends KubeObject = KubeObject> = {
  readonly name: string
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date'
  readonly format?: string
  readonly description?: string
  /** Dotted path of the API field whose own text describes the column, where the texts are at hand. */
  readonly describedBy?: string
  /** What that path starts from, if not the kind's own schema. */
  readonly describedIn?: Schema
  /** 0 is always shown, 1 only by `-o wide`. */
  readonly priority?: number
  /** As upstream for one kind: rows have the cell, which no head names. */
  readonly isWithoutHead?: boolean
  readonly cell: Rule<[object: T, facts: CellFacts], Cell>
}

export const nameColumn: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  describedBy: 'metadata.name',
  cell: (object) => object.metadata.name ?? '',
}

export const ageColumn: Column = {
  name: 'Age',
  type: 'string',
  describedBy: 'metadata.creationTimestamp',
  cell: (object, facts) => ageOf(object.metadata.creationTimestamp, facts.nowMs),
}

/** What kinds without columns of their own show beside the name. */
export const createdAtColumn: Column = {
  name: 'Created At',
  type: 'date',
  describedBy: 'metadata.creationTimestamp',
  cell: (object) => object.metadata.creationTimestamp ?? null,
}

/** A timestamp as the time since then (`5m12s`), or `<unknown>`. */
export function ageOf(timestamp: string | undefined, nowMs: number): string {
  return timestamp === undefined ? '<unknown>' : humanDuration(nowMs - Date.parse(timestamp))
}

/** A duration in at most two units, as `kubectl` shows ages: 119s, 3m5s, 10m, 5h3m, 2d4h, 8d, 2y10d. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  const days = Math.floor(hours / 24)
  const years = Math.floor(days / 365)
  if (seconds < 120) return `${seconds}s`
  if (minutes < 10) return two(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  if (days < 8) return two(days, 'd', hours % 24, 'h')
  if (days < 730) return `${days}d`
  if (years < 8) return two(years, 'y', days % 365, 'd')
  return `${years}y`
}

function two(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`
}
