/**
 * A cache of all objects of a kind that follows the server: list once, then watch, for ever. Objects are
 * frozen and shared; what it holds may be behind the server, never wrong about the past.
 */
import type { KubeObject } from '#meta/object'

export type InformerEvent<T> =
  | { readonly type: 'added'; readonly object: T }
  | { readonly type: 'updated'; readonly object: T; readonly old: T }
  | { readonly type: 'deleted'; readonly object: T }

/** Reading side of an informer. Keys are `namespace/name`, or the name of what is cluster-scoped. */
export interface Lister<T extends KubeObject> {
  get(key: string): T | undefined
  list(namespace?: string): readonly T[]
  /** Objects for which the index function named `index` yielded `value`. Order is not defined. */
  byIndex(index: string, value: string): readonly T[]
}

export interface Informer<T extends KubeObject> extends Lister<T> {
  /** Resolves when the first list is in. */
  synced(signal?: AbortSignal): Promise<void>
  readonly hasSynced: boolean
  /** Resolves when the cache holds everything that had happened at `version`, a resourceVersion of the same server. */
  reached(version: string, signal?: AbortSignal): Promise<void>
  /** Adds an index; call before the informer has synced, or it is built at once. Adding the same name twice is one index. */
  addIndex(name: string, valuesOf: (object: T) => readonly string[]): void
  /** Calls `handle` for each change, first for all that is there. Disposing ends it. Handlers must not throw or wait. */
  subscribe(handle: (event: InformerEvent<T>) => void): Disposable
}
