/**
 * One object as the cache holds it: the value that is stored, and what readers need made from it at
 * the first use. Immutable to the outside and shared by all readers.
 */
import { deepFreeze, type KubeObject } from '#meta/object'
import type { Envelope } from '#meta/protobuf/envelope'
import { withoutNulls } from '#meta/schema/encode'
import { decodeObject, withRevision } from '#meta/wire'
import type { SharedObject } from '../exchange.ts'
import { isJson, type ValueFormat } from '../storage/value-format.ts'
import { UnreadableObject } from './unreadable-object.ts'

/** An object of one revision, ready to be sent. Reading it throws UnreadableObject where the stored value does not decode. */
export interface ObjectEntry extends SharedObject {
  readonly key: string
  readonly revision: number
  /** JSON with `metadata.resourceVersion`, and a line break. */
  bytes(): Uint8Array
  /** Frozen; parsed once. */
  object(): KubeObject
}

/** An entry whose served form is its stored form. */
export class CacheEntry implements ObjectEntry {
  readonly key: string
  readonly revision: number
  /** As stored; as JSON from the first reading on. */
  #value: Uint8Array
  /** Undefined once the value is JSON. */
  #format: ValueFormat | undefined
  #bytes: Uint8Array | undefined
  #object: KubeObject | undefined
  #protobuf: Envelope | undefined

  constructor(key: string, revision: number, value: Uint8Array, format?: ValueFormat) {
    this.key = key
    this.revision = revision
    this.#value = value
    this.#format = isJson(value) ? undefined : format
  }

  /** JSON without `metadata.resourceVersion`. */
  get json(): Uint8Array {
    if (this.#format !== undefined) {
      this.#value = this.#read(this.#format.toJson, this.#value)
      this.#format = undefined
    }
    return this.#value
  }

  /** How much memory the value takes. */
  get size(): number {
    return this.#value.length
  }

  bytes(): Uint8Array {
    return (this.#bytes ??= this.#read((json) => withRevision(json, this.revision), this.json))
  }

  object(): KubeObject {
    return (this.#object ??= this.#read((bytes) => deepFreeze(decoded(bytes)), this.bytes()))
  }

  /** Does not keep the object that it has to parse for this. */
  protobuf(encode: (object: KubeObject) => Envelope | undefined): Envelope | undefined {
    return (this.#protobuf ??= encode(this.#object ?? this.#read(decoded, this.bytes())))
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

  /** Forgets what was made for readers: history is read rarely, and is kept long. */
  release(): void {
    this.#bytes = undefined
    this.#object = undefined
    this.#protobuf = undefined
  }

  /** The same object under another revision: what a DELETED event shows. */
  at(revision: number): CacheEntry {
    return new CacheEntry(this.key, revision, this.#value, this.#format)
  }

  #read<T>(read: (bytes: Uint8Array) => T, bytes: Uint8Array): T {
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
