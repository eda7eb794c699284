/**
 * A value as upstream prints its internal type in an error: every field under its name in Go, absent ones as
 * null or as the zero of their type. Pure; derived from the schema, which says what Go holds by value.
 */
import { isJsonObject } from '#meta/schema/go-type'
import type { Schema } from '#meta/schema/schema'

export function internalForm(schema: Schema, value: unknown): unknown {
  if (value === undefined || value === null) return null
  if (Array.isArray(value)) return value.map((entry) => internalForm(schema.items ?? anything, entry))
  if (!isJsonObject(value) || schema.properties === undefined || isShared(schema)) return value
  const fields = Object.entries(schema.properties)
  return Object.fromEntries(fields.map(([name, field]) => [goName(name), fieldForm(schema, name, field, value[name])]))
}

const anything: Schema = { type: 'any' }

function fieldForm(owner: Schema, name: string, field: Schema, value: unknown): unknown {
  if (value !== undefined && value !== null) return internalForm(field, value)
  if (owner.keepsZero?.includes(name) === true || owner.writesNull?.includes(name) === true) return null
  const isByValue = owner.always?.includes(name) === true || owner.byValue?.includes(name) === true
  if (field.properties !== undefined) return isByValue ? internalForm(field, {}) : null
  return field.values === undefined ? zeroOf(field) : null
}

function zeroOf({ type, format }: Schema): unknown {
  if (type === 'string') return format === 'int-or-string' || format === 'quantity' || format === 'date-time' ? null : ''
  if (type === 'integer' || type === 'number') return 0
  return type === 'boolean' ? false : null
}

/** Types of `meta/v1` have no internal twin: their fields keep the names of the wire. */
function isShared({ name = '' }: Schema): boolean {
  return name.startsWith('io.k8s.apimachinery.')
}

const initialisms = /^(api|uid|url|ca|id|ip|csi|tls|cel)(?=[A-Z]|s?$)/

/** `apiGroups` is `APIGroups` in Go. */
function goName(name: string): string {
  if (initialisms.test(name)) return name.replace(initialisms, (word) => word.toUpperCase())
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`
}
