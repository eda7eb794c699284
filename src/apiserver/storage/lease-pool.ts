/**
 * Store leases for objects that live for a limited time. A lease costs a durable write, so objects written
 * soon after each other share one: they live up to a window longer than they must.
 */
import type { Clock } from '#base/env/clock'
import type { Store } from '#store/store'

type Pooled = { readonly id: string; readonly grantedMs: number; objectCount: number }

/** As upstream: a lease is shared by so many objects at most. */
const objectsMax = 1000

export class LeasePool {
  readonly #store: Store
  readonly #clock: Clock
  readonly #reuseMs: number
  readonly #byTtl = new Map<number, Promise<Pooled>>()

  constructor(store: Store, clock: Clock, reuseMs: number) {
    this.#store = store
    this.#clock = clock
    this.#reuseMs = reuseMs
  }

  /** The id of a lease with at least `ttlSeconds` to run. */
  async lease(ttlSeconds: number): Promise<string> {
    const windowMs = Math.min(this.#reuseMs, ttlSeconds * 50)
    const pooled = await this.#byTtl.get(ttlSeconds)
    if (pooled !== undefined && pooled.objectCount < objectsMax && this.#clock.monotonicMs() - pooled.grantedMs < windowMs) {
      pooled.objectCount++
      return pooled.id
    }
    return (await this.#grant(ttlSeconds, windowMs)).id
  }

  #grant(ttlSeconds: number, windowMs: number): Promise<Pooled> {
    const grantedMs = this.#clock.monotonicMs()
    const granting = this.#store.grantLease(ttlSeconds * 1000 + windowMs).then(({ id }) => ({ id, grantedMs, objectCount: 1 }))
    this.#byTtl.set(ttlSeconds, granting)
    // A failure must not stay in the pool; the caller gets it.
    granting.catch(() => this.#byTtl.delete(ttlSeconds))
    return granting
  }
}
