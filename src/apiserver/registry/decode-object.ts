/** A request's body as an object of a kind: checked for what it is, decoded by the schema, defaulted. */
import { defaulted } from '#meta/defaulted'
import { groupVersionOf, type Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { goSortOf } from '#meta/patch/go-text'
import { DecodingError, decode } from '#meta/schema/decode'
import { isJsonObject, type JsonObject } from '#meta/schema/go-type'
import type { Member } from '#meta/schema/json-scanner'
import { strictErrors } from '#meta/schema/unknown-fields'
import { decodeUnstructured } from '#meta/schema/unstructured'
import { badRequest } from '#meta/status'
import type { Exchange, KindTable } from '../exchange.ts'
import { type ReadBody, readValue, unrecognized } from '../request/read-body.ts'
import type { FieldValidation } from '../request/write-options.ts'

/** What is read, and beside what: a body of a kind that nobody serves is refused in other words. */
export type Reading = { readonly kinds: KindTable; readonly exchange: Exchange; readonly kind: Kind }

const emptyBody: ReadBody = { value: {}, faults: [], excerpt: () => '<empty>' }

/** Adds warnings to the exchange, or throws 400. */
export async function readObject(reading: Reading, validation: FieldValidation): Promise<KubeObject> {
  const { exchange, kind } = reading
  const body = (await readValue(exchange.request, kind.kind, validation !== 'Ignore')) ?? emptyBody
  try {
    return decodeObjectOf(reading, body.value, { ...body, validation })
  } catch (error) {
    if (!(error instanceof DecodingError)) throw error
    if (!isTypeable(body.value)) throw unrecognized(kind.kind, error.message, body)
    const given = givenTypeOf(kind, body.value)
    const version = JSON.stringify(groupVersionOf(given.apiVersion)[1])
    throw badRequest(`${given.kind} in version ${version} cannot be handled as a ${kind.kind}: ${error.message}`, error)
  }
}

export type Strictness = {
  readonly validation: FieldValidation
  /** All fields in the order of the text, where some are there twice. */
  readonly members?: readonly Member[]
  /** What else strict reading has against the text, in upstream's words. */
  readonly faults: readonly string[]
  /** What it has against a patch that led to the value. */
  readonly ofPatch?: readonly string[]
}

/** `value` may lack apiVersion and kind: the URL tells. Adds warnings to the exchange; throws DecodingError, or 400 for another version. */
export function decodeObjectOf({ kinds, exchange, kind }: Reading, value: unknown, strictness: Strictness): KubeObject {
  const named = withTypeOf(kinds, kind, value)
  const decoded = decode<KubeObject>(kind.schema, named)
  reportStrict(exchange, kind, named, strictness)
  return defaulted(kind, decoded)
}

/** As upstream: what was no text in between cannot change what it is. */
export function decodeUnstructuredOf({ exchange, kind }: Reading, value: JsonObject, strictness: Strictness): KubeObject {
  const named = withResetKept(value)
  const decoded = decodeUnstructured<KubeObject>(kind.schema, named)
  reportStrict(exchange, kind, named, strictness)
  return defaulted(kind, { ...decoded, apiVersion: kind.apiVersion, kind: kind.kind })
}

function reportStrict(exchange: Exchange, kind: Kind, value: JsonObject, strictness: Strictness): void {
  const { validation, members, faults, ofPatch = [] } = strictness
  if (validation === 'Ignore') return
  const fields = [...ofPatch, ...strictErrors(kind.schema, value, members)]
  if (faults.length === 0 && fields.length === 0) return
  if (validation === 'Strict') {
    const ofText = faults.length === 0 ? [] : [`yaml: unmarshal errors:\n${faults.map((fault) => `  ${fault}`).join('\n')}`]
    throw new DecodingError(`strict decoding error: ${[...ofText, ...fields].join(', ')}`)
  }
  for (const warning of [...faults, ...fields]) if (!exchange.warnings.includes(warning)) exchange.warnings.push(warning)
}

function isTypeable(value: unknown): value is JsonObject | null | undefined {
  return value === undefined || value === null || (isJsonObject(value) && isName(value.kind) && isName(value.apiVersion))
}

function isName(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'string'
}

/** Fills in apiVersion and kind where the body has none, and refuses others. */
function withTypeOf(kinds: KindTable, kind: Kind, value: unknown): JsonObject {
  if (!isTypeable(value))
    throw new DecodingError(`couldn't get version/kind; json parse error: json: cannot unmarshal ${untypeable(value)}`)
  const body = value ?? {}
  checkType(kinds, kind, body)
  return withResetKept({ ...body, apiVersion: kind.apiVersion, kind: kind.kind })
}

/** What of a body keeps it from saying what it is. */
function untypeable(value: unknown): string {
  const target = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
  if (!isJsonObject(value)) return `${goSortOf(value)} into Go value of type ${target}`
  const field = Object.keys(value).find((name) => (name === 'kind' || name === 'apiVersion') && !isName(value[name])) ?? ''
  return `${goSortOf(value[field])} into Go struct field .${field} of type string`
}

/** An empty list of managers says the same as one empty manager, but decoding drops what is empty. */
function withResetKept(body: JsonObject): JsonObject {
  const { metadata } = body
  if (!isJsonObject(metadata) || !Array.isArray(metadata.managedFields) || metadata.managedFields.length > 0) return body
  return { ...body, metadata: { ...metadata, managedFields: [{}] } }
}

type GivenType = { readonly apiVersion: string; readonly kind: string }

/** What a body says it is; the URL tells what it does not. */
function givenTypeOf(kind: Kind, value: unknown): GivenType {
  const body = isJsonObject(value) ? value : {}
  return {
    apiVersion: typeof body.apiVersion === 'string' && body.apiVersion !== '' ? body.apiVersion : kind.apiVersion,
    kind: typeof body.kind === 'string' && body.kind !== '' ? body.kind : kind.kind,
  }
}

/** Refuses a body that says it is of another version or kind than the URL. */
function checkType(kinds: KindTable, kind: Kind, body: JsonObject): void {
  const given = givenTypeOf(kind, body)
  if (given.apiVersion === kind.apiVersion && given.kind === kind.kind) return
  const served = kinds.byKind(given.apiVersion, given.kind)
  if (served === undefined) {
    const [name, version] = [JSON.stringify(given.kind), JSON.stringify(given.apiVersion)]
    throw new DecodingError(`no kind ${name} is registered for version ${version} in scheme "pkg/api/legacyscheme/scheme.go:30"`)
  }
  if (given.kind !== kind.kind) {
    // As upstream: it has to be a valid one of its own kind first.
    decode(served.schema, body)
    throw new DecodingError(unknownConversion(kind, given))
  }
  throw badRequest(`the API version in the data (${given.apiVersion}) does not match the expected API version (${kind.apiVersion})`)
}

function unknownConversion(kind: Kind, given: GivenType): string {
  const group = kind.group === '' ? 'core' : (kind.group.split('.')[0] ?? kind.group)
  const version = groupVersionOf(given.apiVersion)[1]
  return `converting (${version}.${given.kind}) to (${group}.${kind.kind}): unknown conversion`
}
