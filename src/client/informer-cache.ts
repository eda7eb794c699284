/**
 * The objects of one kind as the server last told, with indexes and subscribers. Fed by a reflector.
 *
 * Invariants: objects are frozen; indexes always agree with the objects; `version` never names a state
 * that is newer than what is held.
 */
import type { Env } from '#base/env/env'
import type { Kind } from '#meta/kind'
import { deepFreeze, type KubeObject, keyOf, refOf } from '#meta/object'
import type { Client } from './client.ts'
import type { Informer, InformerEvent } from './informer.ts'
import { reflect, type Selection } from './reflector.ts'
import { VersionGate } from './version-gate.ts'

type Index<T> = { readonly valuesOf: (object: T) => readonly string[]; readonly buckets: Map<string, Map<string, T>> }

export class InformerCache<T extends KubeObject> implements Informer<T> {
  readonly kind: Kind<T>
  readonly #objects = new Map<string, T>()
  readonly #indexes = new Map<string, Index<T>>()
  readonly #subscribers = new Set<(event: InformerEvent<T>) => void>()
  readonly #gate = new VersionGate()

  constructor(kind: Kind<T>) {
    this.kind = kind
    if (kind.scope === 'Namespaced') this.addIndex(namespaceIndex, (object) => [object.metadata.namespace ?? ''])
  }

  /** Follows the server until the signal is aborted. */
  async run(deps: Env & { readonly client: Client; readonly selection: Selection }, signal: AbortSignal): Promise<void> {
    const sink = {
      replace: (items: readonly T[], version: string) => this.replace(items, version),
      apply: (change: 'ADDED' | 'MODIFIED' | 'DELETED', object: T) => this.apply(change, object),
      bookmark: (version: string) => this.#gate.reach(version),
    }
    await reflect({ ...deps, kind: this.kind, sink }, signal)
  }

  get hasSynced(): boolean {
    return this.#gate.isOpen
  }

  async synced(signal?: AbortSignal): Promise<void> {
    await this.#gate.opened(signal)
  }

  async reached(version: string, signal?: AbortSignal): Promise<void> {
    await this.#gate.reached(version, signal)
  }

  get(key: string): T | undefined {
    return this.#objects.get(key)
  }

  list(namespace?: string): readonly T[] {
    if (namespace === undefined || this.kind.scope === 'Cluster') return [...this.#objects.values()]
    return this.byIndex(namespaceIndex, namespace)
  }

  byIndex(index: string, value: string): readonly T[] {
    const known = this.#indexes.get(index)
    if (known === undefined) throw new Error(`no index "${index}" on ${this.kind.kind}`)
    return [...(known.buckets.get(value)?.values() ?? [])]
  }

  addIndex(name: string, valuesOf: (object: T) => readonly string[]): void {
    if (this.#indexes.has(name)) return
    const index: Index<T> = { valuesOf, buckets: new Map() }
    this.#indexes.set(name, index)
    for (const [key, object] of this.#objects) addTo(index, key, object)
  }

  subscribe(handle: (event: InformerEvent<T>) => void): Disposable {
    for (const object of this.#objects.values()) handle({ type: 'added', object })
    this.#subscribers.add(handle)
    return { [Symbol.dispose]: () => this.#subscribers.delete(handle) }
  }

  /** Takes a whole list; what it lacks is gone. */
  replace(items: readonly T[], version: string): void {
    const kept = new Set(items.map((item) => keyOf(refOf(item))))
    for (const [key, object] of this.#objects) if (!kept.has(key)) this.#remove(key, object)
    for (const item of items) this.#put(item)
    this.#gate.reach(version)
  }

  apply(change: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void {
    if (change === 'DELETED') this.#remove(keyOf(refOf(object)), object)
    else this.#put(object)
    this.#gate.reach(object.metadata.resourceVersion ?? '')
  }

  #put(item: T): void {
    const object = deepFreeze(item)
    const key = keyOf(refOf(object))
    const old = this.#objects.get(key)
    if (old !== undefined && old.metadata.resourceVersion === object.metadata.resourceVersion) return
    // A new object under an old name: whoever knew the old one must hear of its end.
    if (old !== undefined && old.metadata.uid !== object.metadata.uid) this.#remove(key, old)
    const replaced = this.#objects.get(key)
    if (replaced !== undefined) for (const index of this.#indexes.values()) removeFrom(index, key, replaced)
    this.#objects.set(key, object)
    for (const index of this.#indexes.values()) addTo(index, key, object)
    this.#tell(replaced === undefined ? { type: 'added', object } : { type: 'updated', object, old: replaced })
  }

  /** `last` is the object's final state, which may be newer than the one held. */
  #remove(key: string, last: T): void {
    const held = this.#objects.get(key)
    if (held === undefined) return
    for (const index of this.#indexes.values()) removeFrom(index, key, held)
    this.#objects.delete(key)
    this.#tell({ type: 'deleted', object: deepFreeze(last) })
  }

  #tell(event: InformerEvent<T>): void {
    for (const handle of this.#subscribers) handle(event)
  }
}

const namespaceIndex = 'namespace'

function addTo<T>(index: Index<T>, key: string, object: T): void {
  for (const value of index.valuesOf(object)) {
    let bucket = index.buckets.get(value)
    if (bucket === undefined) index.buckets.set(value, (bucket = new Map()))
    bucket.set(key, object)
  }
}

function removeFrom<T>(index: Index<T>, key: string, object: T): void {
  for (const value of index.valuesOf(object)) {
    const bucket = index.buckets.get(value)
    bucket?.delete(key)
    if (bucket?.size === 0) index.buckets.delete(value)
  }
}
