/** PATCH: the current state changed by a JSON, merge or strategic merge patch, then stored like an update. */
import { FieldPath, invalid } from '#meta/field-path'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { goText } from '#meta/patch/go-text'
import { applyJsonPatch, parseJsonPatch, unknownOperationFields } from '#meta/patch/json-patch'
import { applyMergePatch, parseMergePatch, parseStrategicPatch } from '#meta/patch/merge-patch'
import { PatchError } from '#meta/patch/patch-error'
import { type Opened, patchedText } from '#meta/patch/patched-text'
import { applyStrategicPatch } from '#meta/patch/strategic-apply'
import { DecodingError } from '#meta/schema/decode'
import { wireForm } from '#meta/schema/encode'
import { isJsonObject, type JsonObject } from '#meta/schema/go-type'
import { type ParsedJson, parseJson } from '#meta/schema/json'
import { JsonError } from '#meta/schema/json-scanner'
import { badRequest, entityTooLarge, invalidObject, StatusError } from '#meta/status'
import type { Answer, Exchange, IncomingRequest } from '../exchange.ts'
import { parseMediaType } from '../request/media-type.ts'
import { readText } from '../request/read-body.ts'
import { patchOptionsOf, type WriteOptions } from '../request/write-options.ts'
import { entryAnswer } from './answers.ts'
import { applyCborType, applyObject } from './apply.ts'
import { changeObject } from './change.ts'
import { decodeObjectOf, decodeUnstructuredOf, type Reading } from './decode-object.ts'
import { ownedWrite, ownersAfterUpdate } from './field-owners.ts'
import type { Registry } from './registry.ts'
import { inRequestNamespace, namespaceOf } from './system-metadata.ts'
import { checkName, writeTarget } from './update.ts'

/** A patch that has been read. `strictErrors`: what strict validation has against the patch itself. */
export type Patch = {
  /** From the current state, as JSON, to the wanted one. */
  readonly apply: (current: JsonObject) => PatchedValue
  readonly strictErrors: readonly string[]
}

/** What a patch makes of a value, and what messages show where that is no valid object. */
export type PatchedValue = {
  readonly value: unknown
  readonly shown: () => string
  /** Whether it has been text in between: then it is decoded as JSON is. */
  readonly isText: boolean
}

export async function patchObject(registry: Registry, exchange: Exchange, kind: Kind): Promise<Answer> {
  const { info, request } = exchange
  if (isApply(request)) return await applyObject(registry, exchange, kind)
  const options = patchOptionsOf(request.query, false)
  const patch = await readPatch(request, kind.schema)
  const key = registry.viewOf(kind).keyOf(namespaceOf(kind, info), info.name)
  const write = ownedWrite(registry, exchange, kind, { subresource: info.subresource, operation: 'Update', options })
  const { entry } = await changeObject(registry, exchange, kind, key, {
    ...writeTarget(kind, info.subresource),
    isDryRun: options.isDryRun,
    options,
    next: (current) => patched({ kinds: registry.kinds, exchange, kind }, current, patch, options),
    owners: (states) => ownersAfterUpdate(write, states),
  })
  return entryAnswer(entry)
}

export function isApply(request: IncomingRequest): boolean {
  const { type } = parseMediaType(request.headers['content-type'] ?? '')
  return type === 'application/apply-patch+yaml' || (type === applyCborType && request.servesCbor === true)
}

/** Reads a patch by its content type; throws 415 for one that is not known. */
export async function readPatch(request: IncomingRequest, schema: Kind['schema']): Promise<Patch> {
  const { type } = parseMediaType(request.headers['content-type'] ?? '')
  switch (type) {
    case 'application/json-patch+json': {
      const { value, duplicates } = await readPatchBody(request)
      const operations = guarded(() => parseJsonPatch(value))
      const unknown = unknownOperationFields(operations)
      const apply = (current: JsonObject) => shownAsJson((opened) => guarded(() => applyJsonPatch(current, operations, opened)))
      return { apply, strictErrors: [...unknown, ...duplicateErrors(duplicates).map((error) => `json patch ${error}`)] }
    }
    case 'application/merge-patch+json': {
      const { value, duplicates } = await readPatchBody(request)
      const patch = guarded(() => parseMergePatch(value))
      const apply = (current: JsonObject) => shownAsJson((opened) => applyMergePatch(current, patch, opened))
      return { apply, strictErrors: duplicateErrors(duplicates) }
    }
    case 'application/strategic-merge-patch+json': {
      const { value, duplicates } = await readPatchBody(request, '')
      const patch = guarded(() => parseStrategicPatch(value))
      const apply = (current: JsonObject) => {
        const value = guarded(() => applyStrategicPatch(schema, current, patch))
        return { value, shown: () => goText(patch), isText: false }
      }
      return { apply, strictErrors: duplicateErrors(duplicates) }
    }
    default:
      throw new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {})
  }
}

function duplicateErrors(duplicates: readonly string[]): readonly string[] {
  return duplicates.map((path) => `duplicate field ${JSON.stringify(path)}`)
}

/** `prefix` stands before what a malformed body is told. */
async function readPatchBody(request: IncomingRequest, prefix = 'error decoding patch: '): Promise<ParsedJson> {
  if (request.object !== undefined) return { value: request.object, duplicates: [] }
  const text = await readText(request)
  try {
    return parseJson(text, { findDuplicates: true })
  } catch (error) {
    if (error instanceof JsonError) throw badRequest(`${prefix}${error.message}`, error)
    throw error
  }
}

function patched(reading: Reading, current: KubeObject, patch: Patch, options: WriteOptions): KubeObject {
  const { exchange, kind } = reading
  const result = patch.apply(wireForm(kind.schema, current) as JsonObject)
  const decoded = decodedResult(reading, result, { ...options, ofPatch: patch.strictErrors })
  const wanted = inRequestNamespace(kind, exchange.info, decoded)
  checkName(wanted, exchange.info.name)
  return wanted
}

function unfitResult({ shown }: PatchedValue, why: string): StatusError {
  return invalidObject({ group: '', kind: '' }, '', [invalid(FieldPath.of('patch'), shown(), why)])
}

type ResultOptions = Pick<WriteOptions, 'fieldValidation'> & { readonly ofPatch: readonly string[] }

/** As upstream: a patch whose result is no valid object is the patch's fault, 422. */
function decodedResult(reading: Reading, result: PatchedValue, { fieldValidation, ofPatch }: ResultOptions): KubeObject {
  const strictness = { validation: fieldValidation, faults: [], ofPatch }
  try {
    if (result.isText || !isJsonObject(result.value)) return decodeObjectOf(reading, result.value, strictness)
    return decodeUnstructuredOf(reading, result.value, strictness)
  } catch (error) {
    if (error instanceof DecodingError) throw unfitResult(result, error.message)
    throw error
  }
}

function shownAsJson(apply: (opened: Opened) => unknown): PatchedValue {
  const opened: Opened = new WeakSet()
  const value = apply(opened)
  return { value, shown: () => patchedText(value, opened), isText: true }
}

function guarded<R>(apply: () => R): R {
  try {
    return apply()
  } catch (error) {
    if (error instanceof PatchError) throw statusOf(error)
    throw error
  }
}

function statusOf(error: PatchError): StatusError {
  switch (error.fault) {
    case 'malformed':
      return badRequest(error.message, error)
    case 'unprocessable':
      return new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {}, error)
    case 'too-large':
      return entityTooLarge(error.message)
    case 'contradictory':
      return new StatusError(500, '', error.message, undefined, error)
  }
}
