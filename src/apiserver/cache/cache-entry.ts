/**
 * One object as the cache holds it: the value that is stored, and, while they are asked for, the forms that were made from it.
 * Immutable to the outside and shared by all readers.
 */
import { deepFreeze, type KubeObject } from '#meta/object'
import type { Envelope } from '#meta/protobuf/envelope'
import { withoutNulls } from '#meta/schema/encode'
import { decodeObject, lengthWithRevision, revisionForm, revisionPlace, type WritePlace, writeWithRevision } from '#meta/wire'
import type { SharedObject } from '../exchange.ts'
import { isJson, type ValueFormat } from '../storage/value-format.ts'
import type { KeepsForms, RecentForms } from './recent-forms.ts'
import type { SelectorFacts } from './selector-facts.ts'
import { UnreadableObject } from './unreadable-object.ts'

/** An object of one revision, ready to be sent. Reading it throws UnreadableObject where the stored value does not decode. */
export interface ObjectEntry extends SharedObject {
  readonly key: string
  readonly revision: number
  /** Throws where `bytes` would. */
  check(): void
  /** JSON with `metadata.resourceVersion`, and a line break; made at each call. */
  bytes(): Uint8Array
  /** The length of `bytes` without the line break. */
  length(): number
  /** Writes `bytes`, as far as they stand behind `from`, without the line break, and answers where they end. */
  writeTo(place: WritePlace): number
  /** Frozen. */
  object(): KubeObject
  readonly hasFacts: boolean
  /** What `read` finds in the object, kept when the object is not; every caller gives the same function. */
  facts(read: (object: KubeObject) => SelectorFacts): SelectorFacts
}

/** Where an entry comes from. */
export type EntryOrigin = {
  readonly format: ValueFormat
  /** Without it, forms are kept as long as the entry. */
  readonly recent?: RecentForms
}

const lineBreak = 0x0a

/** An entry whose served form is its stored form. */
export class CacheEntry implements ObjectEntry, KeepsForms {
  readonly key: string
  readonly revision: number
  readonly #origin: EntryOrigin | undefined
  /** As stored; as JSON from the first reading on. */
  #value: Uint8Array
  #isJson: boolean
  /** Where the revision stands in the value; 0 until it is known. */
  #revisionPlace = 0
  #object: KubeObject | undefined
  #protobuf: Envelope | undefined
  #facts: SelectorFacts | undefined

  /** Without an origin, `value` is JSON. */
  constructor(key: string, revision: number, value: Uint8Array, origin?: EntryOrigin) {
    this.key = key
    this.revision = revision
    this.#value = value
    this.#origin = origin
    this.#isJson = origin === undefined || isJson(value)
  }

  /** JSON without `metadata.resourceVersion`. */
  get json(): Uint8Array {
    if (!this.#isJson) this.#value = this.#readable((value) => this.#origin?.format.toJson(value) ?? value, this.#value)
    this.#isJson = true
    return this.#value
  }

  get size(): number {
    return this.#value.length
  }

  check(): void {
    this.#place()
  }

  bytes(): Uint8Array {
    const length = this.length()
    // From the pool where it is small: most of these live as long as an answer.
    const bytes = Buffer.allocUnsafe(length + 1)
    this.writeTo({ target: bytes, at: 0, from: 0 })
    bytes[length] = lineBreak
    return bytes
  }

  length(): number {
    return lengthWithRevision(this.json, this.#place(), this.revision)
  }

  writeTo(place: WritePlace): number {
    return writeWithRevision(this.json, revisionForm(this.json, this.#place(), this.revision), place)
  }

  object(): KubeObject {
    if (this.#object === undefined) {
      this.#object = deepFreeze(this.#decoded())
      if (this.#protobuf === undefined) this.#origin?.recent?.add(this)
    }
    return this.#object
  }

  protobuf(encode: (object: KubeObject) => Envelope | undefined): Envelope | undefined {
    if (this.#protobuf === undefined) {
      this.#protobuf = encode(this.#object ?? this.#decoded())
      if (this.#object === undefined) this.#origin?.recent?.add(this)
    }
    return this.#protobuf
  }

  get hasFacts(): boolean {
    return this.#facts !== undefined
  }

  facts(read: (object: KubeObject) => SelectorFacts): SelectorFacts {
    return (this.#facts ??= read(this.#object ?? this.#decoded()))
  }

  /** Why the object cannot be read; undefined if it can. */
  unreadable(): UnreadableObject | undefined {
    try {
      this.object()
      return undefined
    } catch (error) {
      if (error instanceof UnreadableObject) return error
      throw error
    }
  }

  forgetForms(): void {
    this.#object = undefined
    this.#protobuf = undefined
  }

  /** The same object under another revision: what a DELETED event shows. */
  at(revision: number): CacheEntry {
    return new CacheEntry(this.key, revision, this.#value, this.#origin)
  }

  #place(): number {
    if (this.#revisionPlace === 0) this.#revisionPlace = this.#readable(revisionPlace, this.json)
    return this.#revisionPlace
  }

  #decoded(): KubeObject {
    return this.#readable(decoded, this.bytes())
  }

  #readable<T>(read: (bytes: Uint8Array) => T, bytes: Uint8Array): T {
    try {
      return read(bytes)
    } catch (error) {
      throw error instanceof UnreadableObject ? error : new UnreadableObject(this.key, this.revision, error)
    }
  }
}

/** Our objects have no nulls, the wire has some. */
function decoded(bytes: Uint8Array): KubeObject {
  const object = decodeObject(bytes)
  return mayHoldNull(bytes) ? (withoutNulls(object) as KubeObject) : object
}

function mayHoldNull(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('null')
}
