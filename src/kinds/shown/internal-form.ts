/**
 * An API value as upstream's messages show it. Upstream validates internal types, which have no JSON names of their own: so a struct
 * shows every field, set or not, under its Go name and in Go's order. Types that upstream takes over from the API (metadata, label
 * selectors) look as on the wire.
 */
import { sortedKeys } from '#base/collections/sorted-keys'
import { wireForm } from '#meta/schema/encode'
import { isJsonObject, type JsonObject } from '#meta/schema/go-type'
import { type Schema, shortNameOf } from '#meta/schema/schema'
import { internalFields } from './internal-fields.ts'

export function internalForm(schema: Schema, value: unknown): unknown {
  if (value === undefined || value === null) return null
  // What was decoded does not tell an empty list from none.
  if (Array.isArray(value)) return value.length === 0 ? null : value.map((entry) => internalForm(schema.items ?? anything, entry))
  if (!isJsonObject(value)) return value
  if (schema.values !== undefined) return mapForm(schema.values, value)
  if (isTemplate(schema)) return templateForm(schema, value)
  const fields = fieldsOf(schema)
  if (fields === undefined) return wireForm(schema, value)
  return Object.fromEntries(fields.map((field) => [field.shown, fieldForm(field, field.isOfPod ? securityOf(value) : value[field.name])]))
}

const anything: Schema = { type: 'any' }

type Field = {
  readonly shown: string
  readonly name: string
  readonly schema: Schema
  readonly isPointer: boolean
  /** Upstream keeps what a pod shares with its host in the security context. */
  readonly isOfPod: boolean
}

const known = new WeakMap<Schema, readonly Field[]>()

/** Undefined for types that look as on the wire. */
function fieldsOf(schema: Schema): readonly Field[] | undefined {
  const definition = schema.definition ?? schema
  const names = internalFields[shortNameOf(definition)]
  if (names === undefined) return undefined
  let fields = known.get(definition)
  if (fields === undefined) {
    fields = names.split(' ').map((text) => fieldOf(definition, text))
    known.set(definition, fields)
  }
  return fields
}

function fieldOf(owner: Schema, text: string): Field {
  const isByValue = text.endsWith('!')
  const [shown = '', given = shown] = (isByValue ? text.slice(0, -1) : text).split('=')
  const names = Object.keys(owner.properties ?? {})
  const name = names.find((one) => one.toLowerCase() === given.toLowerCase()) ?? ''
  const schema = owner.properties?.[name] ?? sharedWithHost[shown] ?? anything
  const isOfPod = shortNameOf(owner) === 'PodSpec' && shown === 'SecurityContext'
  return {
    shown,
    name: name === '' ? given.charAt(0).toLowerCase() + given.slice(1) : name,
    schema,
    isPointer: !isByValue && isPointer(owner, name, schema),
    isOfPod,
  }
}

function isPointer(owner: Schema, name: string, schema: Schema): boolean {
  if (owner.keepsZero?.includes(name) === true) return true
  if (schema.type !== 'object') return false
  return schema.values !== undefined || !(owner.always?.includes(name) === true || owner.byValue?.includes(name) === true)
}

function fieldForm({ schema, isPointer }: Field, value: unknown): unknown {
  if (value !== undefined) return internalForm(schema, value)
  return isPointer ? null : zeroForm(schema)
}

function zeroForm(schema: Schema): unknown {
  switch (schema.type) {
    case 'string':
      return schema.format === 'quantity' ? '0' : schema.format === 'int-or-string' ? 0 : isTime(schema) ? null : ''
    case 'boolean':
      return false
    case 'integer':
    case 'number':
      return 0
    case 'object':
      return internalForm(schema, {})
    default:
      return schema.format === 'int-or-string' ? 0 : schema.format === 'quantity' ? '0' : null
  }
}

function isTime({ format }: Schema): boolean {
  return format === 'date-time' || format === 'micro-time'
}

function mapForm(values: Schema, map: JsonObject): JsonObject {
  return Object.fromEntries(sortedKeys(map).map((key) => [key, internalForm(values, map[key])]))
}

function isTemplate(schema: Schema): boolean {
  return ['PodTemplateSpec', 'PersistentVolumeClaimTemplate', 'ResourceClaimTemplateSpec'].includes(
    shortNameOf(schema.definition ?? schema),
  )
}

/** Metadata is embedded: its fields stand beside the spec. */
function templateForm({ properties = {} }: Schema, { metadata, spec }: JsonObject): JsonObject {
  const meta = wireForm(properties['metadata'] ?? anything, metadata ?? {})
  return { ...(isJsonObject(meta) ? meta : {}), Spec: internalForm(properties['spec'] ?? anything, spec ?? {}) }
}

const optionalFlag: Schema = { type: 'any' }
const sharedWithHost: Readonly<Record<string, Schema>> = {
  HostNetwork: { type: 'boolean' },
  HostPID: { type: 'boolean' },
  HostIPC: { type: 'boolean' },
  ShareProcessNamespace: optionalFlag,
  HostUsers: optionalFlag,
}

function securityOf({ securityContext, hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers }: JsonObject): unknown {
  const shared = { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers }
  const isEmpty = securityContext === undefined && Object.values(shared).every((value) => value === undefined)
  return isEmpty ? undefined : { ...(isJsonObject(securityContext) ? securityContext : {}), ...shared }
}
