/**
 * What every store must do, as claims that run on any of them. A store's own test file opens it and runs all the contracts;
 * each claim gets a fresh store, or its own part of a shared one, and the facts about it that claims depend on.
 *
 * A claim for every store (`Subject`) compares revisions and never counts on them, waits for events and never for moments, and takes
 * batches of a watch however they are cut. What only a store on a virtual clock can prove stands in the claims of `EmbeddedSubject`.
 */
import { test } from 'node:test'
import type { Clock } from '#base/env/clock'
import type { VirtualClock } from '#base/env/virtual-clock'
import type { Store } from '../store.ts'

/** What a claim is tried on. */
export type Subject = {
  readonly store: Store
  /** The time that the claim goes by. */
  readonly clock: Clock
  /** Lets so much time pass for the store and the clock: at once where that is virtual. */
  readonly pass: (ms: number) => Promise<void>
  /** A short life of a lease, which the store grants as asked. */
  readonly leaseMs: number
  /** How long a lease may be there after its end. */
  readonly leaseLatenessMs: number
}

/** A store inside this process, on a clock that a claim may move, with limits small enough to reach. */
export type EmbeddedSubject = Subject & { readonly clock: VirtualClock; readonly limits: typeof contractLimits }

/** A store whose content outlives it. */
export type DurableSubject = Subject & {
  /** Closes the store and gives the same one, opened anew. */
  readonly reopen: () => Promise<Store>
}

/** Claims that belong together, each a sentence and its proof. */
export type Contract<S> = { readonly name: string; readonly claims: Readonly<Record<string, (subject: S) => Promise<void>>> }

/** Declares a contract. */
export function contract<S>(name: string, claims: Contract<S>['claims']): Contract<S> {
  return { name, claims }
}

/** Runs a contract as tests of one implementation. */
export function testContract<S extends AsyncDisposable>(contract: Contract<S>, open: () => Promise<S>): void {
  for (const [claim, prove] of Object.entries(contract.claims)) {
    test(`${contract.name}: ${claim}`, async () => {
      await using subject = await open()
      await prove(subject)
    })
  }
}

/** The limits an embedded store under test is opened with. */
export const contractLimits = { queuedEventsMax: 100, queuedBytesMax: 8 * 2 ** 20, liveBytesMax: 16 * 2 ** 20 }

/** The facts of an embedded store that was opened with the clock and `contractLimits`. */
export function embeddedSubject(store: Store, clock: VirtualClock): EmbeddedSubject {
  return { store, clock, limits: contractLimits, pass: (ms) => clock.advance(ms), leaseMs: 200, leaseLatenessMs: 500 }
}
