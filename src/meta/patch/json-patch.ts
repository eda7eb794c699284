/**
 * JSON patch (RFC 6902) with the limits and liberties of upstream's API server: at most 10,000 operations, `replace` and `add`
 * of a missing member add it, negative indexes count from the end, the root can be replaced, and any failure is one 422.
 */
import { applyPatch, type Operation } from 'rfc6902'
import { isJsonObject, type JsonObject } from '../schema/go-type.ts'
import { cloned } from './clone.ts'
import { goSortOf } from './go-text.ts'
import { PatchError } from './patch-error.ts'

const operationsMax = 10_000

const rejected = 'the server rejected our request due to an error in our request'
const known: ReadonlySet<string> = new Set(['op', 'path', 'from', 'value'])

/** Throws a PatchError for what is no list of operations, or too long a one. */
export function parseJsonPatch(patch: unknown): readonly JsonObject[] {
  if (!Array.isArray(patch))
    throw new PatchError(
      'malformed',
      `error decoding patch: json: cannot unmarshal ${goSortOf(patch)} into Go value of type []handlers.jsonPatchOp`,
    )
  if (patch.length > operationsMax) {
    throw new PatchError(
      'too-large',
      `Request entity too large: The allowed maximum operations in a JSON patch is ${operationsMax}, got ${patch.length}`,
    )
  }
  return patch.map((operation: unknown) => {
    if (isJsonObject(operation)) return operation
    throw new PatchError(
      'malformed',
      `error decoding patch: json: cannot unmarshal ${goSortOf(operation)} into Go value of type handlers.jsonPatchOp`,
    )
  })
}

/** As strict field validation reports them. */
export function unknownOperationFields(patch: readonly JsonObject[]): readonly string[] {
  return patch.flatMap((operation, index) =>
    Object.keys(operation)
      .filter((key) => !known.has(key))
      .map((key) => `json patch unknown field "[${index}].${key}"`),
  )
}

/** A copy of `target` with all operations applied, or a PatchError when one of them fails. */
export function applyJsonPatch(target: unknown, patch: readonly JsonObject[]): unknown {
  let document = cloned(target)
  for (const source of patch) {
    if (source.path === '' && (source.op === 'replace' || source.op === 'add')) document = cloned(source.value)
    else applyOne(document, source)
  }
  return document
}

function applyOne(document: unknown, source: JsonObject): void {
  const operation = normalised(document, source)
  const [error] = applyPatch(document, [operation])
  if (error !== null && error !== undefined) throw new PatchError('unprocessable', rejected, error)
}

function normalised(document: unknown, source: JsonObject): Operation {
  const { op, path, from, value = null } = source
  if (typeof path !== 'string') throw new PatchError('unprocessable', rejected)
  const place = { path: resolved(document, path) }
  switch (op) {
    case 'add':
      return { op, ...place, value }
    case 'replace':
      return { op: isMember(document, place.path) ? 'add' : op, ...place, value }
    case 'test':
      return { op, ...place, value }
    case 'remove':
      return { op, ...place }
    case 'move':
    case 'copy':
      if (typeof from !== 'string') throw new PatchError('unprocessable', rejected)
      return { op, ...place, from: resolved(document, from) }
    default:
      throw new PatchError('unprocessable', rejected)
  }
}

/** Upstream ignores what stands before the first slash, and counts negative indexes from the end of the list. */
function resolved(document: unknown, path: string): string {
  const [, ...segments] = path.split('/')
  let holder = document
  const plain = segments.map((segment) => {
    const name = Array.isArray(holder) && /^-[1-9]\d*$/.test(segment) ? String(holder.length + Number(segment)) : segment
    holder = memberOf(holder, name)
    return name
  })
  return plain.map((segment) => `/${segment}`).join('')
}

/** Whether the path names a member of an object, present or not; entries of lists must exist to be replaced. */
function isMember(document: unknown, path: string): boolean {
  const parents = path.split('/').slice(1, -1)
  return isJsonObject(parents.reduce<unknown>(memberOf, document))
}

function memberOf(holder: unknown, segment: string): unknown {
  const name = segment.replaceAll('~1', '/').replaceAll('~0', '~')
  if (Array.isArray(holder)) return holder[Number(name)]
  return isJsonObject(holder) && Object.hasOwn(holder, name) ? holder[name] : undefined
}
