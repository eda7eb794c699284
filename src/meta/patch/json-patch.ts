/**
 * JSON patch (RFC 6902) with the limits and liberties of upstream's API server: at most 10,000 operations, `replace` of a missing
 * member adds it, negative indexes count from the end, a missing member and null are the same to `test`, what copies bring in is
 * bounded, and any failure is one 422.
 */
import { isJsonObject, type JsonObject } from '../schema/go-type.ts'
import { cloned } from './clone.ts'
import { isDeepEqual } from './equal.ts'
import { goSortOf } from './go-text.ts'
import { memberOf, setMember } from './member.ts'
import { PatchError } from './patch-error.ts'
import { type Opened, patchedText } from './patched-text.ts'

const operationsMax = 10_000
/** All copies of a patch together, as JSON. */
const copiedBytesMax = 3 * 1024 * 1024

const rejected = 'the server rejected our request due to an error in our request'
const known: ReadonlySet<string> = new Set(['op', 'path', 'from', 'value'])

/** Throws a PatchError for what is no list of operations, or too long a one. */
export function parseJsonPatch(patch: unknown): readonly JsonObject[] {
  if (patch === null) return []
  if (!Array.isArray(patch)) throw undecodable(patch, 'Go value of type []handlers.jsonPatchOp')
  const operations = patch.map(operationOf)
  if (operations.length > operationsMax) {
    const why = `The allowed maximum operations in a JSON patch is ${operationsMax}, got ${operations.length}`
    throw new PatchError('too-large', `Request entity too large: ${why}`)
  }
  return operations
}

function operationOf(operation: unknown): JsonObject {
  if (operation === null) return {}
  if (!isJsonObject(operation)) throw undecodable(operation, 'Go value of type handlers.jsonPatchOp')
  for (const field of ['op', 'path', 'from']) {
    const value = operation[field] ?? ''
    if (typeof value !== 'string') throw undecodable(value, `Go struct field jsonPatchOp.${field} of type string`)
  }
  return operation
}

function undecodable(value: unknown, where: string): PatchError {
  return new PatchError('malformed', `error decoding patch: json: cannot unmarshal ${goSortOf(value)} into ${where}`)
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
export function applyJsonPatch(target: unknown, patch: readonly JsonObject[], opened: Opened = new WeakSet()): unknown {
  const document = new Document(cloned(target), opened)
  for (const operation of patch) document.apply(operation)
  return document.root
}

type Holder = Record<string, unknown> | unknown[]
type Place = { readonly holder: Holder; readonly key: string }

class Document {
  root: unknown
  readonly #opened: Opened
  #copiedBytes = 0

  constructor(root: unknown, opened: Opened) {
    this.root = root
    this.#opened = opened
    if (isJsonObject(root)) opened.add(root)
  }

  apply({ op, path, from, value = null }: JsonObject): void {
    switch (op) {
      case 'add':
        return add(this.#place(path), cloned(value))
      case 'replace':
        return this.#replace(path, value)
      case 'remove':
        return remove(this.#place(path))
      case 'test':
        return this.#test(path, value)
      case 'move': {
        const source = this.#place(from)
        const moved = found(source)
        remove(source)
        return add(this.#place(path), moved)
      }
      case 'copy':
        return this.#copy(from, path)
      default:
        throw failed()
    }
  }

  #replace(path: unknown, value: unknown): void {
    if (path === '') {
      if (typeof value !== 'object' || value === null) throw failed()
      this.root = cloned(value)
      if (isJsonObject(this.root)) this.#opened.add(this.root)
      return
    }
    const { holder, key } = this.#place(path)
    if (Array.isArray(holder)) holder[indexIn(holder, key)] = cloned(value)
    else setMember(holder, key, cloned(value))
  }

  #test(path: unknown, value: unknown): void {
    const given = found(this.#place(path)) ?? null
    this.#openAll(given)
    if (!isDeepEqual(given, value)) throw failed()
  }

  #copy(from: unknown, path: unknown): void {
    const source = found(this.#place(from)) ?? null
    const copy = cloned(source)
    if (typeof source === 'object' && source !== null && this.#opened.has(source)) this.#openAll(copy)
    const target = this.#place(path)
    this.#copiedBytes += new TextEncoder().encode(patchedText(copy, this.#opened)).length
    if (this.#copiedBytes > copiedBytesMax) throw failed()
    add(target, copy)
  }

  /** What holds the last part of a path; throws where there is no such holder. */
  #place(path: unknown): Place {
    if (typeof path !== 'string') throw failed()
    // As upstream: what stands before the first slash does not count.
    const [, ...parts] = path.split('/')
    const last = parts.pop()
    if (last === undefined) throw failed()
    let holder = this.#holder(this.root)
    for (const part of parts) holder = this.#holder(found({ holder, key: unescaped(part) }))
    return { holder, key: unescaped(last) }
  }

  #holder(value: unknown): Holder {
    if (Array.isArray(value)) return value
    if (!isJsonObject(value)) throw failed()
    this.#opened.add(value)
    return value as Record<string, unknown>
  }

  #openAll(value: unknown): void {
    if (Array.isArray(value)) for (const item of value) this.#openAll(item)
    if (!isJsonObject(value)) return
    this.#opened.add(value)
    for (const item of Object.values(value)) this.#openAll(item)
  }
}

function found({ holder, key }: Place): unknown {
  if (Array.isArray(holder)) return holder[indexIn(holder, key)]
  return memberOf(holder, key)
}

function add({ holder, key }: Place, value: unknown): void {
  if (!Array.isArray(holder)) setMember(holder, key, value)
  else if (key === '-') holder.push(value)
  else holder.splice(indexUpTo(holder.length + 1, key), 0, value)
}

function remove({ holder, key }: Place): void {
  if (Array.isArray(holder)) holder.splice(indexIn(holder, key), 1)
  else if (!Object.hasOwn(holder, key)) throw failed()
  else delete holder[key]
}

function indexIn(list: readonly unknown[], key: string): number {
  return indexUpTo(list.length, key)
}

function indexUpTo(length: number, key: string): number {
  if (!/^[+-]?\d+$/.test(key)) throw failed()
  const index = Number(key)
  const place = index < 0 ? index + length : index
  if (place < 0 || place >= length) throw failed()
  return place
}

function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~')
}

function failed(): PatchError {
  return new PatchError('unprocessable', rejected)
}
