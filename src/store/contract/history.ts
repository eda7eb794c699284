/**
 * What several clients see at once: a workload by seed, whose whole history is judged. The same seeds run on every store; how calls fall
 * together differs from store to store, what must hold does not.
 */
import assert from 'node:assert/strict'
import { seededRandom } from '#base/env/random'
import { checkHistory } from '../history/check.ts'
import type { HistoryRecord } from '../history/history.ts'
import { Recorder } from '../history/recorder.ts'
import { describe } from '../history/violation.ts'
import { churnMix, kubernetesMix, runWorkload } from '../history/workload.ts'
import type { Mix } from '../history/workload-client.ts'
import { type Contract, contract, type Subject } from './contract.ts'

/** How much is done under each seed. */
export type HistorySize = { readonly clientCount: number; readonly keyCount: number; readonly callsPerClient: number }

const smallSize: HistorySize = { clientCount: 6, keyCount: 15, callsPerClient: 80 }

/** The claims for the seeds given. */
export function historyContract(seeds: readonly number[], size = smallSize): Contract<Subject> {
  const claims = seeds.flatMap((seed) => [
    [
      `is strictly serializable, and watches agree, as objects of a cluster change (seed ${seed})`,
      claimOf(seed, kubernetesMix, size),
    ] as const,
    [
      `is strictly serializable, and watches agree, as keys come and go and are compacted (seed ${seed})`,
      claimOf(seed, churnMix, size),
    ] as const,
  ])
  return contract('history', Object.fromEntries(claims))
}

function claimOf(seed: number, mix: Mix, size: HistorySize): (subject: Subject) => Promise<void> {
  return async ({ store, clock, pass, leaseMs }) => {
    const records: HistoryRecord[] = []
    const session = `s${seed}`
    const recorder = new Recorder({ clock, session, note: (record) => records.push(record) })
    await runWorkload({ ...size, stores: [store], recorder, clock, random: seededRandom(seed), pass, session, mix, leaseMs })
    const writes = records.filter((record) => record.type === 'answer' && record.answer.op === 'txn' && record.answer.succeeded)
    assert.ok(writes.length > size.clientCount, 'the store answered')
    assert.equal(describe(checkHistory(records)), '')
  }
}
