/** What all verbs work with, for every kind alike: the stores, the caches on top of them, and the rules of admission. */
import type { Clock } from '#base/env/clock'
import type { Log } from '#base/env/log'
import type { Random } from '#base/env/random'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import type { ResourceName } from '#meta/status'
import type { Admission } from '../admission/plugin.ts'
import type { Authorizer } from '../authz/authorizer.ts'
import { KindView } from '../cache/kind-view.ts'
import type { KindTable, StateReader } from '../exchange.ts'
import type { WriteHook } from '../services/write-hook.ts'
import type { Storages } from '../storage/storage.ts'

/** All plugins as one: see `run-admission.ts`. */
export interface AdmissionChain {
  mutate<T extends KubeObject>(admission: Admission<T>, signal: AbortSignal): Promise<T>
  validate<T extends KubeObject>(admission: Admission<T>, signal: AbortSignal): Promise<void>
}

/** A kind whose objects outlive a delete until something else than `metadata.finalizers` is gone (namespaces). */
export type DeletionRule = {
  readonly kind: { readonly group: string; readonly plural: string }
  readonly lingers: (object: KubeObject) => boolean
  /** What a delete changes besides the metadata. */
  readonly mark: (object: KubeObject) => KubeObject
}

export type RegistryDeps = {
  readonly storages: Storages
  readonly kinds: KindTable
  readonly admission: AdmissionChain
  /** For what only the body of a request tells; its path was authorized before. */
  readonly authorizer: Authorizer
  readonly deletionRules: readonly DeletionRule[]
  readonly writeHooks: readonly WriteHook<KubeObject>[]
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

export class Registry implements StateReader {
  readonly storages: Storages
  readonly kinds: KindTable
  readonly admission: AdmissionChain
  readonly authorizer: Authorizer
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly #deletionRules: readonly DeletionRule[]
  readonly #writeHooks: readonly WriteHook<KubeObject>[]
  readonly #views = new WeakMap<Kind, KindView>()

  constructor(deps: RegistryDeps) {
    this.storages = deps.storages
    this.kinds = deps.kinds
    this.admission = deps.admission
    this.authorizer = deps.authorizer
    this.clock = deps.clock
    this.random = deps.random
    this.log = deps.log
    this.#deletionRules = deps.deletionRules
    this.#writeHooks = deps.writeHooks
  }

  viewOf(kind: Kind): KindView {
    let view = this.#views.get(kind)
    if (view === undefined) {
      view = new KindView(kind, this.storages.of(kind.storedAs?.kind ?? kind))
      this.#views.set(kind, view)
    }
    return view
  }

  deletionRuleOf(kind: Kind): DeletionRule | undefined {
    return this.#deletionRules.find((rule) => rule.kind.group === kind.group && rule.kind.plural === kind.plural)
  }

  writeHookOf(kind: Kind): WriteHook<KubeObject> | undefined {
    return this.#writeHooks.find((hook) => hook.kind.group === kind.group && hook.kind.plural === kind.plural)
  }

  get<T extends KubeObject>(kind: Kind<T>, namespace: string | undefined, name: string): T | undefined {
    return this.viewOf(kind as Kind)
      .get(namespace, name)
      ?.object() as T | undefined
  }

  list<T extends KubeObject>(kind: Kind<T>, namespace?: string): readonly T[] {
    const view = this.viewOf(kind as Kind)
    return Array.from(view.cache.range(view.prefixOf(namespace)), (entry) => view.served(entry).object() as T)
  }
}

/** How messages name the resource. */
export function resourceNameOf(kind: Kind): ResourceName {
  return { group: kind.group, plural: kind.plural }
}
