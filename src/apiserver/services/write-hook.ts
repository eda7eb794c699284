/**
 * What some kinds need from a shared supply as part of their write: addresses and ports of services. The registry
 * calls the hook of a kind after mutating admission and before `prepare` and validation.
 */
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'

/**
 * The object to go on with. What it claimed is kept for it until it is disposed, which the registry does when the
 * write is over: by then the cache shows a written object, and what a refused one claimed is free again.
 */
export type Claimed<T extends KubeObject> = Disposable & { readonly object: T } & Alongside

/** What else is written with an object: all or nothing, where one store holds it. */
export type Alongside = { readonly companions?: readonly Companion[]; readonly guard?: WriteGuard | undefined }

/** A cluster-scoped object of another kind that comes or goes with the object; one that is there already stands in its way. */
export type Companion =
  | { readonly type: 'create'; readonly kind: Kind; readonly object: KubeObject }
  | { readonly type: 'remove'; readonly kind: Kind; readonly name: string }

/** A key of the store that every claim writes: of servers that claim from one supply at the same time, one is first. */
export type GuardState = { readonly key: string; readonly modRevision: number; readonly value: Uint8Array }

export interface WriteGuard {
  /**
   * Runs the write when no other one of this server is under way. What it gets is written in one transaction with the object, and only if the key is
   * still at this revision; undefined says that another server has what this write claimed.
   */
  run<R>(write: (state: GuardState | undefined) => Promise<R>): Promise<R>
}

export type HookFacts = { readonly isDryRun: boolean }

/** All throw a StatusError when the supply cannot give what the object asks for. */
export interface WriteHook<T extends KubeObject> {
  readonly kind: Kind<T>
  beforeCreate(object: T, facts: HookFacts): Claimed<T>
  beforeUpdate(next: T, old: T, facts: HookFacts): Claimed<T>
  /** What goes with an object that is removed. */
  onRemoval(old: T): readonly Companion[]
}
