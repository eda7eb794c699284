/**
 * One object as the cache holds it: the bytes that are stored, and what readers need made from them at
 * the first use. Immutable to the outside and shared by all readers.
 */
import { deepFreeze, type KubeObject } from '#meta/object'
import { withoutNulls } from '#meta/schema/encode'
import { decodeObject, withRevision } from '#meta/wire'

/** An object of one revision, ready to be sent. */
export interface ObjectEntry {
  readonly key: string
  readonly revision: number
  /** JSON with `metadata.resourceVersion`. */
  bytes(): Uint8Array
  /** Frozen; parsed once. */
  object(): KubeObject
}

/** An entry whose served form is its stored form. */
export class CacheEntry implements ObjectEntry {
  readonly key: string
  readonly revision: number
  /** JSON without `metadata.resourceVersion`. */
  readonly stored: Uint8Array
  #bytes: Uint8Array | undefined
  #object: KubeObject | undefined

  constructor(key: string, revision: number, stored: Uint8Array) {
    this.key = key
    this.revision = revision
    this.stored = stored
  }

  bytes(): Uint8Array {
    return (this.#bytes ??= withRevision(this.stored, this.revision))
  }

  object(): KubeObject {
    return (this.#object ??= deepFreeze(decoded(this.bytes())))
  }

  /** Forgets what was made for readers: history is read rarely, and is kept long. */
  release(): void {
    this.#bytes = undefined
    this.#object = undefined
  }

  /** The same object under another revision: what a DELETED event shows. */
  at(revision: number): CacheEntry {
    return new CacheEntry(this.key, revision, this.stored)
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
