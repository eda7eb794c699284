/** PATCH: the current state changed by a JSON, merge or strategic merge patch, then stored like an update. */
import { FieldPath, invalid } from '#meta/field-path'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { applyJsonPatch, parseJsonPatch, unknownOperationFields } from '#meta/patch/json-patch'
import { applyMergePatch, parseObjectPatch } from '#meta/patch/merge-patch'
import { PatchError } from '#meta/patch/patch-error'
import { applyStrategicPatch } from '#meta/patch/strategic-apply'
import type { JsonObject } from '#meta/schema/go-type'
import { parseJson } from '#meta/schema/json'
import { JsonError } from '#meta/schema/json-scanner'
import { badRequest, entityTooLarge, invalidObject, StatusError } from '#meta/status'
import type { Answer, Exchange, IncomingRequest } from '../exchange.ts'
import { parseMediaType } from '../request/media-type.ts'
import { type ReadBody, readText } from '../request/read-body.ts'
import { patchOptionsOf, type WriteOptions } from '../request/write-options.ts'
import { entryAnswer } from './answers.ts'
import { applyObject } from './apply.ts'
import { changeObject } from './change.ts'
import { decodeObjectOf, type Reading } from './decode-object.ts'
import { ownedWrite, ownersAfterUpdate } from './field-owners.ts'
import type { Registry } from './registry.ts'
import { inRequestNamespace, namespaceOf } from './system-metadata.ts'
import { checkName, writeTarget } from './update.ts'

/** A patch that has been read: from the current state, as JSON, to the wanted one. `strictErrors`: what strict validation has against the patch itself. */
export type Patch = { readonly apply: (current: JsonObject) => unknown; readonly strictErrors: readonly string[] }

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
  return parseMediaType(request.headers['content-type'] ?? '').type === 'application/apply-patch+yaml'
}

/** Reads a patch by its content type; throws 415 for one that is not known. */
export async function readPatch(request: IncomingRequest, schema: Kind['schema']): Promise<Patch> {
  const { type } = parseMediaType(request.headers['content-type'] ?? '')
  switch (type) {
    case 'application/json-patch+json': {
      const { value, duplicates } = await readPatchBody(request)
      const operations = guarded(parseJsonPatch, value)
      const unknown = unknownOperationFields(operations)
      return { apply: (current) => applyJsonPatch(current, operations), strictErrors: [...duplicateErrors(duplicates), ...unknown] }
    }
    case 'application/merge-patch+json': {
      const { value, duplicates } = await readPatchBody(request)
      const patch = guarded(parseObjectPatch, value)
      return { apply: (current) => applyMergePatch(current, patch), strictErrors: duplicateErrors(duplicates) }
    }
    case 'application/strategic-merge-patch+json': {
      const { value, duplicates } = await readPatchBody(request)
      const patch = guarded(parseObjectPatch, value)
      return { apply: (current) => applyStrategicPatch(schema, current, patch), strictErrors: duplicateErrors(duplicates) }
    }
    default:
      throw new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {})
  }
}

function duplicateErrors(duplicates: readonly string[]): readonly string[] {
  return duplicates.map((path) => `duplicate field ${JSON.stringify(path)}`)
}

async function readPatchBody(request: IncomingRequest): Promise<ReadBody> {
  if (request.object !== undefined) return { value: request.object, duplicates: [] }
  const text = await readText(request)
  try {
    return parseJson(text, { findDuplicates: true })
  } catch (error) {
    if (error instanceof JsonError) throw badRequest(`error decoding patch: ${error.message}`, error)
    throw error
  }
}

function patched(reading: Reading, current: KubeObject, patch: Patch, options: WriteOptions): KubeObject {
  const { exchange, kind } = reading
  const result = guarded(patch.apply, current as unknown as JsonObject)
  checkStrictness(exchange, patch, options, result)
  const decoded = decodedResult(reading, result, options)
  const wanted = inRequestNamespace(kind, exchange.info, decoded)
  checkName(wanted, exchange.info.name)
  return wanted
}

function checkStrictness(exchange: Exchange, { strictErrors }: Patch, { fieldValidation }: WriteOptions, result: unknown): void {
  if (strictErrors.length === 0 || fieldValidation === 'Ignore') return
  if (fieldValidation === 'Strict') throw unfitResult(result, `strict decoding error: ${strictErrors.join(', ')}`)
  for (const error of strictErrors) if (!exchange.warnings.includes(error)) exchange.warnings.push(error)
}

function unfitResult(result: unknown, why: string): StatusError {
  return invalidObject({ group: '', kind: '' }, '', [invalid(FieldPath.of('patch'), JSON.stringify(result), why)])
}

/** As upstream: a patch whose result is no valid object is the patch's fault, 422. */
function decodedResult(reading: Reading, result: unknown, options: WriteOptions): KubeObject {
  try {
    return decodeObjectOf(reading, result, { validation: options.fieldValidation, duplicates: [] })
  } catch (error) {
    if (!(error instanceof StatusError) || error.code !== 400) throw error
    const why = error.message.replace(/^.* cannot be handled as a [^:]*: /s, '')
    throw unfitResult(result, why)
  }
}

function guarded<A, R>(apply: (argument: A) => R, argument: A): R {
  try {
    return apply(argument)
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
