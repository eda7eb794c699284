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
export type Claimed<T extends KubeObject> = Disposable & { readonly object: T; readonly guard?: WriteGuard | undefined }

/**
 * Written in one transaction with the object, and only if the key is still at this revision: of servers that claim from one supply at the same
 * time, one is first, and the others decide anew when they have seen what it took.
 */
export type WriteGuard = { readonly key: string; readonly modRevision: number; readonly value: Uint8Array }

export type HookFacts = { readonly isDryRun: boolean }

/** Both throw a StatusError when the supply cannot give what the object asks for. */
export interface WriteHook<T extends KubeObject> {
  readonly kind: Kind<T>
  beforeCreate(object: T, facts: HookFacts): Claimed<T>
  beforeUpdate(next: T, old: T, facts: HookFacts): Claimed<T>
}
