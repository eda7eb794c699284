/**
 * The ConfigMaps and Secrets that this node's pods refer to: one watch for each object, shared by all who need it and
 * ended with the last of them. The Node authorizer lets a kubelet see no more than these single objects.
 */
import type { Env } from '#base/env/env'
import type { Client } from '#client/client'
import { InformerCache } from '#client/informer-cache'
import { ConfigMap } from '#kinds/core/config-map.kind'
import { Secret } from '#kinds/core/secret.kind'
import type { Kind } from '#meta/kind'
import { type KubeObject, keyOf } from '#meta/object'
import { ignoreNotFound } from '#meta/status'
import type { ReferenceReader } from '../runtime/environment.ts'

export type Reference = { readonly kind: 'ConfigMap' | 'Secret'; readonly namespace: string; readonly name: string }

type Watched<T extends KubeObject> = {
  readonly cache: InformerCache<T>
  readonly stop: AbortController
  readonly ended: Promise<void>
  userCount: number
}

export class ObjectWatcher implements ReferenceReader, AsyncDisposable {
  readonly #configMaps: WatchedObjects<ConfigMap>
  readonly #secrets: WatchedObjects<Secret>

  constructor(deps: Env & { readonly client: Client }) {
    this.#configMaps = new WatchedObjects(deps, ConfigMap)
    this.#secrets = new WatchedObjects(deps, Secret)
  }

  configMap(namespace: string, name: string): Promise<ConfigMap | undefined> {
    return this.#configMaps.read(namespace, name)
  }

  secret(namespace: string, name: string): Promise<Secret | undefined> {
    return this.#secrets.read(namespace, name)
  }

  /** Calls `onChange` whenever the object comes, changes or goes, until it is disposed. Reading is cheap meanwhile. */
  watch({ kind, namespace, name }: Reference, onChange: () => void): Disposable {
    return kind === 'ConfigMap' ? this.#configMaps.watch(namespace, name, onChange) : this.#secrets.watch(namespace, name, onChange)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#configMaps.stop(), this.#secrets.stop()])
  }
}

class WatchedObjects<T extends KubeObject> {
  readonly #deps: Env & { readonly client: Client }
  readonly #kind: Kind<T>
  readonly #watched = new Map<string, Watched<T>>()

  constructor(deps: Env & { readonly client: Client }, kind: Kind<T>) {
    this.#deps = deps
    this.#kind = kind
  }

  /** From the cache where it is being watched; until the first list is in, and otherwise, from the server. */
  async read(namespace: string, name: string): Promise<T | undefined> {
    const watched = this.#watched.get(keyOf({ namespace, name }))
    if (watched?.cache.hasSynced) return watched.cache.get(keyOf({ namespace, name }))
    return await ignoreNotFound(this.#deps.client.get(this.#kind, { namespace, name }))
  }

  watch(namespace: string, name: string, onChange: () => void): Disposable {
    const key = keyOf({ namespace, name })
    const watched = this.#watched.get(key) ?? this.#start(namespace, name)
    this.#watched.set(key, watched)
    watched.userCount++
    const users = new DisposableStack()
    users.use(watched.cache.subscribe(onChange))
    users.defer(() => {
      watched.userCount--
      if (watched.userCount > 0) return
      this.#watched.delete(key)
      watched.stop.abort()
    })
    return users
  }

  async stop(): Promise<void> {
    const all = [...this.#watched.values()]
    this.#watched.clear()
    for (const { stop } of all) stop.abort()
    await Promise.all(all.map(({ ended }) => ended))
  }

  #start(namespace: string, name: string): Watched<T> {
    const cache = new InformerCache(this.#kind)
    const stop = new AbortController()
    const selection = { namespace, fieldSelector: `metadata.name=${name}` }
    return { cache, stop, ended: cache.run({ ...this.#deps, selection }, stop.signal), userCount: 0 }
  }
}
