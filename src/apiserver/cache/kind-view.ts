/**
 * A resource cache as one kind shows it. Most kinds are stored as they are served; others (another version,
 * another group) are converted at the first read of an entry, once for all readers.
 */
import type { WatchType } from '#client/transport'
import type { Kind } from '#meta/kind'
import type { SharedFrame } from '../exchange.ts'
import type { Storage } from '../storage/storage.ts'
import type { CacheEntry, ObjectEntry } from './cache-entry.ts'
import { type Conversion, ConvertedEntry } from './converted-entry.ts'
import type { CacheEvent } from './event-ring.ts'
import type { ResourceCache } from './resource-cache.ts'
import { type FactReader, factReader } from './selector-facts.ts'
import { bookmarkFrame, ObjectFrame } from './watch-frame.ts'
import { WatchHub } from './watch-hub.ts'

type ChangeType = Extract<WatchType, 'ADDED' | 'MODIFIED' | 'DELETED'>

/** As many as watchers may be behind each other; a frame that is gone is made again. */
const framesMax = 256

export class KindView {
  readonly kind: Kind
  readonly storage: Storage
  readonly cache: ResourceCache
  readonly facts: FactReader
  readonly watches: WatchHub
  readonly #conversion: Conversion | undefined
  readonly #converted = new WeakMap<CacheEntry, ObjectEntry>()
  /** Of the newest changes, in order. */
  readonly #frames = new Map<CacheEvent, Map<ChangeType, SharedFrame>>()
  #bookmark: { readonly revision: number; readonly frame: SharedFrame } | undefined

  constructor(kind: Kind, storage: Storage) {
    this.kind = kind
    this.storage = storage
    this.cache = storage.feed.cache((kind.storedAs?.kind ?? kind).storePrefix)
    this.facts = factReader(kind)
    this.watches = new WatchHub(this)
    const { fromStored } = kind.storedAs ?? {}
    this.#conversion = fromStored && { schema: kind.schema, fromStored, recent: storage.feed.recent }
  }

  /** The key of one object. */
  keyOf(namespace: string | undefined, name: string): string {
    return `${this.prefixOf(namespace)}${name}`
  }

  /** The key prefix of a namespace, or of all objects. */
  prefixOf(namespace: string | undefined): string {
    const isNamespaced = this.kind.scope === 'Namespaced' && namespace !== undefined && namespace !== ''
    return isNamespaced ? `${this.cache.prefix}${namespace}/` : this.cache.prefix
  }

  get(namespace: string | undefined, name: string): ObjectEntry | undefined {
    const entry = this.cache.get(this.keyOf(namespace, name))
    return entry === undefined ? undefined : this.served(entry)
  }

  served(entry: CacheEntry): ObjectEntry {
    if (this.#conversion === undefined) return entry
    let converted = this.#converted.get(entry)
    if (converted === undefined) {
      converted = new ConvertedEntry(entry, this.#conversion)
      this.#converted.set(entry, converted)
    }
    return converted
  }

  /** The frame of a change, made once for all watchers. A DELETED frame shows the last state under the revision of the change. */
  frame(event: CacheEvent, type: ChangeType): SharedFrame | undefined {
    let frames = this.#frames.get(event)
    if (frames === undefined) {
      frames = new Map()
      this.#frames.set(event, frames)
      if (this.#frames.size > framesMax) this.#forgetFrames()
    }
    const known = frames.get(type)
    if (known !== undefined) return known
    const entry = type === 'DELETED' ? event.previous?.at(event.revision) : event.entry
    if (entry === undefined) return undefined
    const served = this.served(entry)
    // Read now, where it can be told that it does not decode.
    served.check()
    const frame = new ObjectFrame(type, served)
    frames.set(type, frame)
    return frame
  }

  #forgetFrames(): void {
    const [oldest] = this.#frames.keys()
    if (oldest !== undefined) this.#frames.delete(oldest)
  }

  /** A bookmark of a revision; all watchers of the kind share the newest. */
  bookmark(revision: number): SharedFrame {
    if (this.#bookmark?.revision !== revision) this.#bookmark = { revision, frame: bookmarkFrame(this.kind, revision) }
    return this.#bookmark.frame
  }
}
