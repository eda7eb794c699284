/** The leases that are granted, what hangs on them, and when they end. Changes only by durable events and keep-alives. */
import type { Lease, StoreEvent } from '../store.ts'
import { StoreError } from '../store-error.ts'

type Granted = { readonly lease: Lease; deadlineMs: number; readonly keys: Set<string> }

export class LeaseTable {
  readonly #granted = new Map<string, Granted>()

  has(id: string): boolean {
    return this.#granted.has(id)
  }

  get(id: string): Lease | undefined {
    return this.#granted.get(id)?.lease
  }

  keysOf(id: string): Iterable<string> {
    return this.#granted.get(id)?.keys ?? []
  }

  grant(lease: Lease, nowMs: number): void {
    this.#granted.set(lease.id, { lease, deadlineMs: nowMs + lease.ttlMs, keys: new Set() })
  }

  revoke(id: string): void {
    this.#granted.delete(id)
  }

  keepAlive(id: string, nowMs: number): Lease {
    const granted = this.#granted.get(id)
    // Once its time is over it ends, though its end may not be durable yet: who were told otherwise would count on its keys.
    if (granted === undefined || granted.deadlineMs <= nowMs) throw leaseNotFound(id)
    granted.deadlineMs = nowMs + granted.lease.ttlMs
    return granted.lease
  }

  /** Follows which keys hang on which lease. */
  apply(event: StoreEvent): void {
    const before = event.previous?.leaseId
    if (before !== undefined) this.#granted.get(before)?.keys.delete(event.key)
    const after = event.type === 'put' ? event.entry.leaseId : undefined
    if (after !== undefined) this.#granted.get(after)?.keys.add(event.key)
  }

  expired(nowMs: number): string[] {
    return [...this.#granted.values()].filter((granted) => granted.deadlineMs <= nowMs).map((granted) => granted.lease.id)
  }

  /** When the next lease ends, unless it is kept alive. */
  nextDeadlineMs(): number | undefined {
    let next: number | undefined
    for (const { deadlineMs } of this.#granted.values()) {
      if (next === undefined || deadlineMs < next) next = deadlineMs
    }
    return next
  }
}

/** The failure of naming a lease that is not, or no longer, there. */
export function leaseNotFound(id: string): StoreError {
  return new StoreError('LeaseNotFound', `lease ${id} is not granted or has expired`)
}
