import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '#base/env/virtual-clock'
import type { Entry, Txn, TxnResult } from '../store.ts'
import { StoreError } from '../store-error.ts'
import { isRepeatable, repeatedSwap } from './repeated-swap.ts'

const value = new TextEncoder().encode('ours')
const txn: Txn = { compares: [{ key: 'k', modRevision: 3 }], operations: [{ type: 'put', key: 'k', value }] }
const made: TxnResult = { succeeded: true, revision: 9, previous: [undefined] }
const lost = new StoreError('Unavailable', 'it is not known', { isOutcomeUnknown: true })
const old = entry('before', 3)

function entry(text: string, modRevision: number): Entry {
  return { key: 'k', value: new TextEncoder().encode(text), modRevision, createRevision: 3, version: 1 }
}

function refused(text: string, modRevision: number): TxnResult {
  return { succeeded: false, revision: 12, current: [entry(text, modRevision)] }
}

/** One attempt: what comes of it, and after how long. */
type Attempt = readonly [afterMs: number, outcome: TxnResult | Error]

async function outcomeOf(...attempts: readonly Attempt[]) {
  const clock = new VirtualClock()
  let sentCount = 0
  const send = () => {
    const [afterMs, outcome] = attempts[sentCount++] ?? [0, new Error('one too many')]
    return new Promise<TxnResult>((resolve, reject) => {
      clock.setTimer(afterMs, () => (outcome instanceof Error ? reject(outcome) : resolve(outcome)))
    })
  }
  const running = repeatedSwap(
    { clock, send, turnAway: () => {}, read: async (_, revision) => (revision === 8 ? old : undefined) },
    txn,
  ).then(
    (result) => ({ result, atMs: clock.nowMs() - startMs }),
    (error: unknown) => ({ error, atMs: clock.nowMs() - startMs }),
  )
  const startMs = clock.nowMs()
  for (let step = 0; step < 200; step++) await clock.advance(50)
  return { ...(await running), sentCount }
}

test('only what compares each key that it puts may be sent twice', () => {
  assert.equal(isRepeatable(txn), true)
  assert.equal(isRepeatable({ ...txn, compares: [] }), false)
  assert.equal(isRepeatable({ ...txn, compares: [{ key: 'k', modRevision: 0 }] }), false)
  assert.equal(isRepeatable({ ...txn, operations: [{ type: 'delete', key: 'k' }] }), false)
  assert.equal(isRepeatable({ compares: txn.compares, operations: [] }), false)
})

for (const [why, attempts, want] of [
  ['an answer in time', [[10, made]], { result: made, atMs: 10, sentCount: 1 }],
  ['a refusal in time', [[10, refused('other', 7)]], { result: refused('other', 7), atMs: 10, sentCount: 1 }],
  [
    'no answer, then one',
    [
      [9000, lost],
      [10, made],
    ],
    { result: made, atMs: 2510, sentCount: 2 },
  ],
  [
    'a lost answer, told at once',
    [
      [10, lost],
      [10, made],
    ],
    { result: made, atMs: 20, sentCount: 2 },
  ],
  [
    'a lost answer to what was made',
    [
      [10, lost],
      [10, refused('ours', 9)],
    ],
    { result: { succeeded: true, revision: 9, previous: [old] }, atMs: 20, sentCount: 2 },
  ],
  [
    'a lost answer, and then something else is there',
    [
      [10, lost],
      [10, refused('other', 9)],
    ],
    { error: lost, atMs: 20, sentCount: 2 },
  ],
  [
    'two late refusals',
    [
      [3000, refused('other', 9)],
      [900, refused('other', 9)],
    ],
    { result: refused('other', 9), atMs: 3400, sentCount: 2 },
  ],
  [
    'a late answer that it was made, after a refusal of the other',
    [
      [3000, made],
      [100, refused('next', 10)],
    ],
    { result: made, atMs: 3000, sentCount: 2 },
  ],
  [
    'nothing known, late',
    [
      [7000, lost],
      [7000, lost],
    ],
    { error: lost, atMs: 7000, sentCount: 2 },
  ],
  [
    'nothing known, at once',
    [
      [10, lost],
      [10, lost],
    ],
    { error: lost, atMs: 20, sentCount: 2 },
  ],
] as const satisfies readonly (readonly [string, readonly Attempt[], unknown])[]) {
  test(`a swap that may be sent again: ${why}`, async () => assert.deepEqual(await outcomeOf(...attempts), want))
}

test('a failure that is certain is told', async () => {
  const refusal = new StoreError('LeaseNotFound', 'no such lease')
  assert.deepEqual(await outcomeOf([10, refusal]), { error: refusal, atMs: 10, sentCount: 1 })
})
