/**
 * Runs controllers: caches, queues, workers, retries. A key is worked on by one worker at a time, and only
 * when the caches show what the last work on it wrote (see `own-writes.ts`).
 */
import type { Env } from '#base/env/env'
import { Client } from '#client/client'
import { deadline } from '#client/deadline'
import type { InformerEvent } from '#client/informer'
import type { InformerCache } from '#client/informer-cache'
import type { Informers } from '#client/informers'
import { ConnectionError } from '#client/transport'
import type { Kind } from '#meta/kind'
import { controllerOf, type KubeObject, keyOf, refOf } from '#meta/object'
import { hasReason } from '#meta/status'
import { type Controller, type ControllerDeps, controllerUidIndex, type Source } from './controller.ts'
import type { EventRecorder } from './event-recorder.ts'
import { KeyQueue, type KeyQueueStats } from './key-queue.ts'
import { type OwnWrite, RecordingTransport, resourceKeyOf } from './own-writes.ts'

export type RunnerDeps = Env & {
  readonly client: Client
  readonly informers: Informers
  readonly eventsOf: (controllerName: string) => EventRecorder
  /** Told of each queue, for metrics. */
  readonly observeQueue?: (name: string, statsOf: () => KeyQueueStats) => void
}

const workerCountDefault = 5
/** A cache that has not shown a write after this long is not going to: perhaps the object is gone again. */
const ownWriteWaitMs = 30_000
/** A controller that would look again at once must not keep all others from running. */
const pauseMsMin = 10

/** Runs one controller until the signal is aborted. */
export async function runController(deps: RunnerDeps, controller: Controller, signal: AbortSignal): Promise<void> {
  await new ControllerRun(deps, controller).run(signal)
}

class ControllerRun {
  readonly #deps: RunnerDeps
  readonly #controller: Controller
  readonly #caches = new Map<string, InformerCache<KubeObject>>()
  readonly #queue: KeyQueue
  readonly #base: ControllerDeps

  constructor(deps: RunnerDeps, controller: Controller) {
    this.#deps = deps
    this.#controller = controller
    this.#queue = new KeyQueue(deps.clock)
    const { client, clock, random } = deps
    deps.observeQueue?.(controller.name, () => this.#queue.stats())
    const log = deps.log.with({ controller: controller.name })
    const cache = <T extends KubeObject>(kind: Kind<T>) => this.#cacheOf(kind)
    this.#base = { client, clock, random, log, events: deps.eventsOf(controller.name), cache }
    for (const kind of kindsOf(controller)) this.#caches.set(resourceKeyOf(kind), deps.informers.of(kind))
  }

  async run(signal: AbortSignal): Promise<void> {
    this.#buildIndexes()
    await Promise.all([...this.#caches.values()].map((cache) => cache.synced(signal)))
    using _subscriptions = this.#subscribe()
    const close = () => this.#queue.close()
    signal.addEventListener('abort', close, { once: true })
    if (signal.aborted) close()
    const waking = this.#controller.wake?.(this.#deps, (key) => this.#queue.add(key), signal)
    const workers = Array.from({ length: this.#controller.workerCount ?? workerCountDefault }, () => this.#work(signal))
    await Promise.all([...workers, waking])
  }

  #cacheOf<T extends KubeObject>(kind: Kind<T>): InformerCache<T> {
    const cache = this.#caches.get(resourceKeyOf(kind))
    if (cache === undefined) throw new Error(`controller "${this.#controller.name}" reads ${kind.kind} without declaring it`)
    return cache as unknown as InformerCache<T>
  }

  #buildIndexes(): void {
    for (const kind of this.#controller.owns ?? []) {
      this.#cacheOf(kind).addIndex(controllerUidIndex, (object) => [controllerOf(object)?.uid ?? ''])
    }
    for (const { kind, name, valuesOf } of this.#controller.indexes ?? []) this.#cacheOf(kind).addIndex(name, valuesOf)
  }

  #subscribe(): DisposableStack {
    const subscriptions = new DisposableStack()
    const { for: own, owns = [], watches = [] } = this.#controller
    subscriptions.use(this.#cacheOf(own).subscribe((event) => this.#queue.add(keyOf(refOf(event.object)))))
    for (const kind of owns) subscriptions.use(this.#cacheOf(kind).subscribe((event) => this.#wakeOwners(event)))
    for (const source of watches) subscriptions.use(this.#cacheOf(source.kind).subscribe((event) => this.#wakeBySource(source, event)))
    return subscriptions
  }

  /** An object that changes hands concerns both its owners. */
  #wakeOwners(event: InformerEvent<KubeObject>): void {
    for (const object of event.type === 'updated' ? [event.old, event.object] : [event.object]) {
      const owner = controllerOf(object)
      if (owner === undefined || owner.kind !== this.#controller.for.kind || owner.apiVersion !== this.#controller.for.apiVersion) continue
      this.#queue.add(
        keyOf({ name: owner.name, namespace: this.#controller.for.scope === 'Cluster' ? undefined : object.metadata.namespace }),
      )
    }
  }

  #wakeBySource(source: Source, event: InformerEvent<KubeObject>): void {
    const old = event.type === 'updated' ? event.old : undefined
    for (const key of source.keysOf(event.object, old, this.#base)) this.#queue.add(key)
  }

  async #work(signal: AbortSignal): Promise<void> {
    for (let key = await this.#queue.take(); key !== undefined; key = await this.#queue.take()) {
      await this.#workOn(key, signal)
      this.#queue.done(key)
    }
  }

  /** Never throws: one key's failure is no other's. */
  async #workOn(key: string, signal: AbortSignal): Promise<void> {
    const transport = new RecordingTransport(this.#deps.client.transport)
    const deps = { ...this.#base, client: new Client(transport) }
    try {
      const { afterMs } = await this.#reconcile(deps, key, signal)
      this.#queue.succeeded(key)
      if (afterMs !== undefined) this.#queue.addAfter(key, Math.max(afterMs, pauseMsMin))
    } catch (error) {
      if (signal.aborted) return
      this.#report(key, error)
      this.#queue.retry(key)
    }
    await this.#seeOwnWrites(transport.writes, signal)
  }

  async #reconcile(deps: ControllerDeps, key: string, signal: AbortSignal) {
    const object = this.#cacheOf(this.#controller.for).get(key)
    if (object !== undefined) return await this.#controller.reconcile(deps, object, signal)
    return (await this.#controller.forget?.(deps, key, signal)) ?? {}
  }

  #report(key: string, error: unknown): void {
    const facts = { key, failureCount: this.#queue.failureCount(key) + 1, error }
    // Somebody else was faster, the object went meanwhile, or the server is away: ordinary, and mended by trying again.
    if (hasReason(error, 'Conflict', 'NotFound') || error instanceof ConnectionError)
      this.#base.log.debug('reconcile has to be repeated', facts)
    else this.#base.log.warn('reconcile failed', facts)
  }

  async #seeOwnWrites(writes: readonly OwnWrite[], signal: AbortSignal): Promise<void> {
    if (writes.length === 0) return
    using limit = deadline(this.#deps.clock, ownWriteWaitMs, 'the cache does not show our own write', signal)
    try {
      await Promise.all(writes.map((write) => this.#seeOwnWrite(write, limit.signal)))
    } catch (error) {
      if (!signal.aborted) this.#base.log.warn('going on with a cache that may be behind', { error })
    }
  }

  async #seeOwnWrite(write: OwnWrite, signal: AbortSignal): Promise<void> {
    const cache = this.#caches.get(write.resource)
    if (cache === undefined) return
    if (write.type === 'written') return await cache.reached(write.version, signal)
    const held = cache.get(write.key)
    if (held !== undefined && (write.uid === undefined || held.metadata.uid === write.uid)) await goneFrom(cache, held, signal)
  }
}

function kindsOf(controller: Controller): readonly Kind[] {
  const { for: own, owns = [], watches = [], reads = [], indexes = [] } = controller
  return [own, ...owns, ...watches.map(({ kind }) => kind), ...reads, ...indexes.map(({ kind }) => kind)]
}

function goneFrom(cache: InformerCache<KubeObject>, held: KubeObject, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      subscription[Symbol.dispose]()
      signal.removeEventListener('abort', onAbort)
    }
    const onAbort = () => {
      end()
      reject(signal.reason)
    }
    const subscription = cache.subscribe((event) => {
      if (event.type !== 'deleted' || event.object.metadata.uid !== held.metadata.uid) return
      end()
      resolve()
    })
    signal.addEventListener('abort', onAbort, { once: true })
  })
}
