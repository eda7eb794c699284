/** The caches of one process: one for each kind and selection, shared by all who ask. */
import type { Env } from '#base/env/env'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import type { Client } from './client.ts'
import { InformerCache } from './informer-cache.ts'
import type { Selection } from './reflector.ts'

type Running = { readonly cache: InformerCache<KubeObject>; readonly stop: AbortController; readonly ended: Promise<void> }

export class Informers implements AsyncDisposable {
  readonly #deps: Env & { readonly client: Client }
  readonly #running = new Map<string, Running>()

  constructor(deps: Env & { readonly client: Client }) {
    this.#deps = deps
  }

  /** The cache of a kind; it begins to follow the server when first asked for. */
  of<T extends KubeObject>(kind: Kind<T>, selection: Selection = {}): InformerCache<T> {
    const key = keyOfSelection(kind, selection)
    const running = this.#running.get(key)
    if (running !== undefined) return running.cache as unknown as InformerCache<T>
    const cache = new InformerCache(kind)
    const stop = new AbortController()
    const ended = cache.run({ ...this.#deps, selection }, stop.signal)
    this.#running.set(key, { cache: cache as unknown as InformerCache<KubeObject>, stop, ended })
    return cache
  }

  /** Ends a cache that nobody reads any longer, such as that of a kind which is no longer served. */
  async drop<T extends KubeObject>(kind: Kind<T>, selection: Selection = {}): Promise<void> {
    const key = keyOfSelection(kind, selection)
    const running = this.#running.get(key)
    this.#running.delete(key)
    running?.stop.abort()
    await running?.ended
  }

  /** Resolves when every cache asked for so far holds its first list. */
  async synced(signal?: AbortSignal): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ cache }) => cache.synced(signal)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#running.values()]
    this.#running.clear()
    for (const { stop } of all) stop.abort()
    await Promise.all(all.map(({ ended }) => ended))
  }
}

function keyOfSelection<T extends KubeObject>(
  kind: Kind<T>,
  { namespace = '', labelSelector = '', fieldSelector = '' }: Selection,
): string {
  return JSON.stringify([kind.apiVersion, kind.plural, namespace, labelSelector, fieldSelector])
}
