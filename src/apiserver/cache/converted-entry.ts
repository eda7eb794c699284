/** An entry that is served as another kind than the one that is stored: converted at the first reading, once for all readers. */
import { deepFreeze, type KubeObject } from '#meta/object'
import type { Envelope } from '#meta/protobuf/envelope'
import { wireForm } from '#meta/schema/encode'
import type { Schema } from '#meta/schema/schema'
import { encodeObject, type WritePlace, withRevision } from '#meta/wire'
import type { CacheEntry, ObjectEntry } from './cache-entry.ts'
import type { KeepsForms, RecentForms } from './recent-forms.ts'
import type { SelectorFacts } from './selector-facts.ts'

export type Conversion = {
  readonly schema: Schema
  readonly fromStored: (stored: KubeObject) => KubeObject
  readonly recent: RecentForms
}

export class ConvertedEntry implements ObjectEntry, KeepsForms {
  readonly key: string
  readonly revision: number
  readonly #source: CacheEntry
  readonly #conversion: Conversion
  #object: KubeObject | undefined
  #bytes: Uint8Array | undefined
  #protobuf: Envelope | undefined
  #facts: SelectorFacts | undefined

  constructor(source: CacheEntry, conversion: Conversion) {
    this.key = source.key
    this.revision = source.revision
    this.#source = source
    this.#conversion = conversion
  }

  get size(): number {
    return this.#source.size
  }

  check(): void {
    this.bytes()
  }

  bytes(): Uint8Array {
    const { schema } = this.#conversion
    return (this.#bytes ??= withRevision(encodeObject(wireForm(schema, this.object()) as KubeObject), this.revision))
  }

  length(): number {
    return this.bytes().length - 1
  }

  writeTo({ target, at, from }: WritePlace): number {
    const bytes = this.bytes().subarray(from, -1)
    target.set(bytes, at)
    return at + bytes.length
  }

  object(): KubeObject {
    if (this.#object === undefined) {
      this.#object = deepFreeze(this.#conversion.fromStored(this.#source.object()))
      this.#conversion.recent.add(this)
    }
    return this.#object
  }

  protobuf(encode: (object: KubeObject) => Envelope | undefined): Envelope | undefined {
    return (this.#protobuf ??= encode(this.object()))
  }

  get hasFacts(): boolean {
    return this.#facts !== undefined
  }

  facts(read: (object: KubeObject) => SelectorFacts): SelectorFacts {
    return (this.#facts ??= read(this.object()))
  }

  forgetForms(): void {
    this.#object = undefined
    this.#bytes = undefined
    this.#protobuf = undefined
  }
}
