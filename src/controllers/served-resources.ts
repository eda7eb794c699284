/**
 * Follows every resource that the server serves, custom ones too, through the shared caches. Resources that come and go are
 * noticed within half a minute.
 */
import { sleep } from '#base/env/clock'
import { type DiscoveredResource, discover, kindOfResource } from '#client/discovery'
import type { InformerEvent } from '#client/informer'
import type { InformerCache } from '#client/informer-cache'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import type { RunnerDeps } from '#reconcile/runner'

// As upstream.
const discoveryPeriodMs = 30_000

export type Follower = {
  readonly name: string
  readonly isWanted: (resource: DiscoveredResource) => boolean
  /** Told of each change, first of all that is there. */
  readonly take: (kind: Kind, event: InformerEvent<KubeObject>) => void
}

type Followed = { readonly kind: Kind; readonly cache: InformerCache<KubeObject>; readonly subscription: Disposable }

export class ServedResources {
  readonly #deps: RunnerDeps
  readonly #follower: Follower
  readonly #followed = new Map<string, Followed>()
  readonly #looked = Promise.withResolvers<void>()
  #kinds: ReadonlyMap<string, Kind> = new Map()

  constructor(deps: RunnerDeps, follower: Follower) {
    this.#deps = deps
    this.#follower = follower
  }

  /** A kind that is served, wanted or not. */
  kindOf(group: string, kind: string): Kind | undefined {
    return this.#kinds.get(`${group}/${kind}`)
  }

  /** Those that are wanted, once the server has said what there is and the caches hold it. */
  async followed(signal: AbortSignal): Promise<readonly Followed[]> {
    await this.#looked.promise
    const all = [...this.#followed.values()]
    await Promise.all(all.map(({ cache }) => cache.synced(signal)))
    return all
  }

  /** Until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#look(signal)
      } catch (error) {
        if (!signal.aborted) this.#deps.log.warn(`${this.#follower.name}: discovery failed`, { error })
      }
      await sleep(this.#deps.clock, discoveryPeriodMs, signal).catch(() => undefined)
    }
    for (const { subscription } of this.#followed.values()) subscription[Symbol.dispose]()
    // Nobody may be waiting for it.
    this.#looked.promise.catch(() => undefined)
    this.#looked.reject(signal.reason)
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { resources } = await discover(this.#deps.client.transport, signal)
    this.#kinds = new Map(resources.map((resource) => [`${resource.group}/${resource.kind}`, kindOfResource(resource)]))
    this.#follow(resources.filter(this.#follower.isWanted).map(kindOfResource))
    this.#looked.resolve()
  }

  #follow(kinds: readonly Kind[]): void {
    const wanted = new Map(kinds.map((kind) => [`${kind.apiVersion} ${kind.plural}`, kind]))
    for (const [name, { subscription }] of this.#followed) {
      if (wanted.has(name)) continue
      subscription[Symbol.dispose]()
      this.#followed.delete(name)
    }
    for (const [name, kind] of wanted) {
      if (this.#followed.has(name)) continue
      const cache = this.#deps.informers.of(kind)
      this.#followed.set(name, { kind, cache, subscription: cache.subscribe((event) => this.#follower.take(kind, event)) })
    }
  }
}
