/**
 * Hands each change to the watches it concerns. Watches of one prefix share one batch, so a change costs about as much for ten thousand
 * watches as for one. A key finds its prefixes by cutting it at its slashes; only prefixes that do not end in a slash are tried one by one.
 */
import type { StoreEvent, WatchBatch } from '../store.ts'
import { bytesOf } from './version.ts'

/** A watch that has seen everything up to the hub's revision. */
export interface Subscriber {
  readonly prefix: string
  /** Takes the next batch; `bytes` is the size of its values. */
  deliver(batch: WatchBatch, bytes: number): void
}

type Group = { readonly subscribers: Set<Subscriber>; pending: StoreEvent[] }

export class WatchHub {
  readonly #groups = new Map<string, Group>()
  /** Prefixes that do not end at a slash. */
  readonly #unaligned = new Set<string>()

  add(subscriber: Subscriber): void {
    const { prefix } = subscriber
    const group = this.#groups.get(prefix)
    if (group !== undefined) {
      group.subscribers.add(subscriber)
      return
    }
    this.#groups.set(prefix, { subscribers: new Set([subscriber]), pending: [] })
    if (!isAligned(prefix)) this.#unaligned.add(prefix)
  }

  remove(subscriber: Subscriber): void {
    const group = this.#groups.get(subscriber.prefix)
    if (group === undefined || !group.subscribers.delete(subscriber) || group.subscribers.size > 0) return
    this.#groups.delete(subscriber.prefix)
    this.#unaligned.delete(subscriber.prefix)
  }

  /** Delivers events, in order, all of them up to and with the revision. */
  publish(events: readonly StoreEvent[], revision: number): void {
    if (this.#groups.size === 0) return
    const touched = new Set<Group>()
    for (const event of events) this.#collect(event, touched)
    for (const group of touched) {
      const batch = { events: group.pending, revision }
      group.pending = []
      const bytes = batch.events.reduce((sum, event) => sum + bytesOf(event.type === 'put' ? event.entry : event.previous), 0)
      for (const subscriber of group.subscribers) subscriber.deliver(batch, bytes)
    }
  }

  #collect(event: StoreEvent, touched: Set<Group>): void {
    const { key } = event
    this.#collectFor('', event, touched)
    for (let slash = key.indexOf('/'); slash >= 0; slash = key.indexOf('/', slash + 1)) {
      this.#collectFor(key.slice(0, slash + 1), event, touched)
    }
    for (const prefix of this.#unaligned) {
      if (key.startsWith(prefix)) this.#collectFor(prefix, event, touched)
    }
  }

  #collectFor(prefix: string, event: StoreEvent, touched: Set<Group>): void {
    const group = this.#groups.get(prefix)
    if (group === undefined) return
    group.pending.push(event)
    touched.add(group)
  }
}

function isAligned(prefix: string): boolean {
  return prefix === '' || prefix.endsWith('/')
}
