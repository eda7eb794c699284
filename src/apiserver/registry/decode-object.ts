/** A request's body as an object of a kind: checked for what it is, decoded by the schema, defaulted. */
import { defaulted } from '#meta/defaulted'
import { groupVersionOf, type Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { DecodingError, decode } from '#meta/schema/decode'
import { isJsonObject, type JsonObject } from '#meta/schema/go-type'
import { strictErrors } from '#meta/schema/unknown-fields'
import { badRequest, type StatusError } from '#meta/status'
import type { Exchange, KindTable } from '../exchange.ts'
import { readValue } from '../request/read-body.ts'
import type { FieldValidation } from '../request/write-options.ts'

/** What is read, and beside what: a body of a kind that nobody serves is refused in other words. */
export type Reading = { readonly kinds: KindTable; readonly exchange: Exchange; readonly kind: Kind }

export async function readObject(reading: Reading, validation: FieldValidation): Promise<KubeObject> {
  const body = await readValue(reading.exchange.request, reading.kind.kind, validation !== 'Ignore')
  return decodeObjectOf(reading, body?.value, { validation, duplicates: body?.duplicates ?? [] })
}

export type Strictness = { readonly validation: FieldValidation; readonly duplicates: readonly string[] }

/** `value` may lack apiVersion and kind: the URL tells. Adds warnings to the exchange, or throws 400. */
export function decodeObjectOf({ kinds, exchange, kind }: Reading, value: unknown, { validation, duplicates }: Strictness): KubeObject {
  const named = withTypeOf(kinds, kind, value)
  const decoded = decodeAs(kind, named)
  if (validation !== 'Ignore') reportStrict(exchange, kind, strictErrors(kind.schema, named, duplicates), validation)
  return defaulted(kind, decoded)
}

/** Decodes without looking for fields that are not known. */
function decodeAs(kind: Kind, value: unknown): KubeObject {
  try {
    return decode<KubeObject>(kind.schema, value)
  } catch (error) {
    if (error instanceof DecodingError) throw cannotHandle(kind, error.message)
    throw error
  }
}

function cannotHandle(kind: Kind, why: string, given: { readonly kind: string; readonly version: string } = kind): StatusError {
  return badRequest(`${given.kind} in version ${JSON.stringify(given.version)} cannot be handled as a ${kind.kind}: ${why}`)
}

function reportStrict(exchange: Exchange, kind: Kind, errors: readonly string[], validation: FieldValidation): void {
  if (errors.length === 0) return
  if (validation === 'Strict') throw cannotHandle(kind, `strict decoding error: ${errors.join(', ')}`)
  exchange.warnings.push(...errors)
}

/** Fills in apiVersion and kind where the body has none, and refuses others. */
function withTypeOf(kinds: KindTable, kind: Kind, value: unknown): Readonly<Record<string, unknown>> {
  const body = value === undefined || value === null ? {} : value
  if (typeof body !== 'object' || Array.isArray(body)) {
    const sort = Array.isArray(body) ? 'array' : typeof body
    const target = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
    const why = `couldn't get version/kind; json parse error: json: cannot unmarshal ${sort} into Go value of type ${target}`
    throw badRequest(`the object provided is unrecognized (must be of type ${kind.kind}): ${why}`)
  }
  checkType(kinds, kind, body as JsonObject)
  return withResetKept({ ...body, apiVersion: kind.apiVersion, kind: kind.kind })
}

/** An empty list of managers says the same as one empty manager, but decoding drops what is empty. */
function withResetKept(body: JsonObject): JsonObject {
  const { metadata } = body
  if (!isJsonObject(metadata) || !Array.isArray(metadata.managedFields) || metadata.managedFields.length > 0) return body
  return { ...body, metadata: { ...metadata, managedFields: [{}] } }
}

/** Refuses a body that says it is of another version or kind than the URL. */
function checkType(kinds: KindTable, kind: Kind, body: JsonObject): void {
  const { apiVersion, kind: kindName } = body
  const givenVersion = typeof apiVersion === 'string' && apiVersion !== '' ? apiVersion : kind.apiVersion
  const givenKind = typeof kindName === 'string' && kindName !== '' ? kindName : kind.kind
  if (givenVersion === kind.apiVersion && givenKind === kind.kind) return
  const given = { kind: givenKind, version: groupVersionOf(givenVersion)[1] }
  if (kinds.byKind(givenVersion, givenKind) === undefined) {
    const [name, version] = [JSON.stringify(givenKind), JSON.stringify(givenVersion)]
    throw cannotHandle(kind, `no kind ${name} is registered for version ${version} in scheme "pkg/api/legacyscheme/scheme.go:30"`, given)
  }
  if (givenKind !== kind.kind) throw cannotHandle(kind, unknownConversion(kind, given), given)
  throw badRequest(`the API version in the data (${givenVersion}) does not match the expected API version (${kind.apiVersion})`)
}

function unknownConversion(kind: Kind, given: { readonly kind: string; readonly version: string }): string {
  const group = kind.group === '' ? 'core' : (kind.group.split('.')[0] ?? kind.group)
  return `converting (${given.version}.${given.kind}) to (${group}.${kind.kind}): unknown conversion`
}
