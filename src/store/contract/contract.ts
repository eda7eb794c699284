/**
 * What every store must do, as claims that run on any of them. A store's own test file opens it and runs all the contracts;
 * each claim gets a fresh store, a clock that it may move, and limits small enough to reach.
 */
import { test } from 'node:test'
import type { VirtualClock } from '#base/env/virtual-clock'
import type { Store } from '../store.ts'

/** What a claim is tried on. */
export type Subject = { readonly store: Store; readonly clock: VirtualClock }

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

/** The limits a store under test is opened with. */
export const contractLimits = { queuedEventsMax: 100, queuedBytesMax: 8 * 2 ** 20, liveBytesMax: 16 * 2 ** 20 }
