/** The tests of the tests: every claim of the contract fails on a store that is broken in the way that the claim is there to find. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '#base/env/virtual-clock'
import type { StoreLimits } from '../../embedded/embedded-store.ts'
import { createMemoryStore } from '../../memory/memory-store.ts'
import { durableContracts, embeddedContracts, storeContracts } from '../all.ts'
import { type Contract, contractLimits, type DurableSubject, type EmbeddedSubject, embeddedSubject } from '../contract.ts'
import { historyContract } from '../history.ts'
import { compactionFaults } from './compaction-faults.ts'
import type { Fault, SoundStore } from './fault.ts'
import { leaseFaults } from './lease-faults.ts'
import { rangeFaults } from './range-faults.ts'
import { txnFaults } from './txn-faults.ts'
import { watchFaults } from './watch-faults.ts'

const faults = {
  // As every memory store.
  'forgets everything when it is closed': ({ open }: SoundStore) => open(),
  ...txnFaults,
  ...rangeFaults,
  ...watchFaults,
  ...compactionFaults,
  ...leaseFaults,
}

type FaultName = keyof typeof faults

/** Each claim, and the faults on which it fails. */
const claims: Readonly<Record<string, Readonly<Record<string, readonly FaultName[]>>>> = {
  txn: {
    'a created key is there with its revision, as version 1': ['acknowledges writes that it does not make'],
    'create refuses a key that is there, and tells what is there': ['ignores comparisons', 'shows the loser nothing'],
    'update swaps only on the expected revision': ['ignores comparisons', 'does not tell what was replaced', 'forgets to count versions'],
    'delete gives what was deleted; a key made again starts anew': ['does not tell what was replaced'],
    'to delete what is not there takes no revision': ['takes a revision for deleting nothing'],
    'several operations happen under one revision, or none does': ['splits transactions'],
    'a key may not be operated on twice': ['takes a key twice'],
    'of many who swap at once, one wins each round and nothing is lost': ['compares first and writes later'],
    'a loser of the same moment sees the winner': ['compares first and writes later', 'shows the loser nothing'],
    'what is written together gets different revisions, and each stands in its entry': ['gives two writes one revision'],
    'a value of 1.5 MiB, key and frame included, comes back byte for byte': ['cuts values at a mebibyte'],
    'a client that vanishes in the middle leaves all of its transaction or nothing': ['splits transactions'],
    'an empty value is a value': ['takes an empty value for none'],
    'after close, every call fails with Closed': ['goes on after it was closed'],
    'close finishes the writes under way': ['drops the writes under way when it is closed'],
  },
  range: {
    'a prefix gives its keys in order and no others': ['sorts backwards'],
    'from and to include the first and exclude the last': ['includes the end of a range'],
    'pages join to the whole, and each tells how many remain': [
      'has pages one too long',
      'says that nothing remains',
      'skips a key on the next page',
      'begins the next page with the last of the one before',
    ],
    'pages at one revision do not see what happens in between': ['reads the newest instead of an old revision'],
    'pages at one revision join to exactly the state of that revision while others write': [
      'reads the newest instead of an old revision',
      'says that nothing remains',
      'skips a key on the next page',
    ],
    'an old revision shows keys that were deleted and made again since': ['reads the newest instead of an old revision'],
    'a revision that is not there yet is FutureRevision': ['reads future revisions'],
    'status tells where the store stands': ['status is wrong'],
    'count counts keys, not versions': ['counts one too many', 'counts the neighbours'],
  },
  watch: {
    'from an old revision, sends what happened since, in order, once': ['loses deletions', 'tells events twice', 'resumes one late'],
    'without a revision, starts now and says where it stands at once': ['starts from the beginning when it should start now'],
    'events carry the entry and what was before, deletes too': [
      'forgets what was before',
      'tells every put as a creation',
      'loses deletions',
    ],
    'sees its own prefix only': ['watches the neighbours too'],
    'all changes of one revision come in one batch': ['splits revisions'],
    'no gap and no double where history ends and the present begins': [
      'loses every seventh event',
      'tells events twice',
      'tells events in the wrong order',
    ],
    'a slow reader of history gets each change once, while others write on': ['loses every seventh event', 'tells events twice'],
    'may be resumed after any revision it was told': ['resumes one late'],
    'from a future revision, fails with FutureRevision': ['watches from the future'],
    'tells its progress when asked, past changes of others': ['tells no progress'],
    'tells its progress when nothing happened for the interval': ['tells no progress'],
    'progress never overtakes events': ['tells progress ahead of events'],
    'ends quietly when its signal aborts, while waiting or before': ['goes on after its signal'],
    'ten thousand watches each get their own, and those that vanish harm none': ['serves five thousand watches'],
    'closing the store ends it with Closed': ['ends quietly when it is closed'],
  },
  compaction: {
    'what is current stays, also what was written long before': ['forgets live keys at compaction'],
    'reads before it fail with Compacted; at it and after it they work': [
      'never compacts',
      'compacts one revision less',
      'compacts one revision more',
    ],
    'a watch from before it fails with Compacted; from it, it works': [
      'never compacts',
      'compacts one revision more',
      'resumes a watch silently behind what was compacted',
    ],
    'a delete after it still carries what was before': ['forgets at compaction what was before an event'],
    'of many versions only the newest is kept': ['forgets versions at compaction'],
    'a reader that sleeps through it learns so, or has everything': ['resumes a watch silently behind what was compacted'],
    'deleted keys never come back, whatever is compacted in between': ['brings deleted keys back at compaction'],
    'a watch that keeps up misses no deletion, however closely compaction follows': ['swallows events that compaction overtakes'],
    'up to the newest revision leaves a store that goes on, also when that is a deletion': ['takes the newest key for the newest revision'],
    'of two that overlap, the one that goes further stands': ['turns the compacted revision back'],
    'one that was given up in the middle can be taken up again': ['stops compacting for ever after one failure'],
    'pages that are read meanwhile are right, or Compacted': ['mixes revisions in pages while it compacts'],
    'of the future is refused; of the past changes nothing': ['compacts the future', 'turns the compacted revision back'],
  },
  lease: {
    'its keys are deleted when it expires, and watches see it': ['leases never end', 'leases end too early'],
    'a kept-alive lease lives its whole time again': ['keeps leases alive in words only', 'leases end too early'],
    'each expires for itself': ['gives everyone the same lease', 'leases never end'],
    'is found by its id, as it was granted': ['finds no lease', 'gives everyone the same lease'],
    'a key put anew without it, or under another, no longer hangs on it': ['keeps keys on their first lease'],
    'revoking deletes all its keys under one revision': ['revokes leases key by key', 'keeps the keys of a revoked lease'],
    'one that is not there is LeaseNotFound, for every use': ['keeps leases alive in words only', 'writes under a lease that is not there'],
    'a put in the same moment as the revocation is refused or deleted, never left': ['writes under a lease that is not there'],
  },
  embedded: {
    'revisions leave no gap': ['skips revisions'],
    'what is written together gets its revisions in the order it was asked for': ['makes every other write wait for the next'],
    'the first revision that is not there yet is FutureRevision, for reads, watches and compaction': [
      'reads future revisions',
      'compacts the future',
    ],
    'the last revision before a compaction is Compacted, and the failure names the oldest': [
      'does not name the oldest revision',
      'compacts one revision less',
    ],
    'status counts keys, bytes and revisions': ['status is wrong', 'never compacts'],
    'a watch tells its progress when nothing happened for the interval, not before': ['tells progress too early', 'tells no progress'],
    'a lease ends within the second after its time, not before': ['leases end too early', 'leases never end'],
    'a kept-alive lease lives its whole time again, to the millisecond': ['keeps leases alive in words only'],
    'a reader that leaves too much unread is cut off with SlowWatcher, and may resume': ['lets readers lag for ever'],
    'a reader that leaves as much unread as it may is not cut off': ['cuts readers off too early'],
    'a reader of huge values is cut off by their bytes': ['lets readers lag for ever'],
  },
  durable: {
    'opened again, it has its state, its history and its revision': ['forgets everything when it is closed'],
    'compacted up to its newest revision, a deletion, it opens again and goes on': ['forgets everything when it is closed'],
    'leases live on with their keys, and end': ['forgets everything when it is closed'],
  },
  limit: {
    'a full store refuses puts, allows deletes, and takes puts again once there is room': [
      'knows no size limit',
      'refuses deletes too when it is full',
    ],
    'puts of one moment are counted together': ['knows no size limit'],
  },
}

/** Faults that show only when several clients are at work, or now and then: the histories must find them. */
const foundByHistories: readonly FaultName[] = [
  'loses every tenth write',
  'acknowledges a write before it is made',
  'compares first and writes later',
  'calls every third swap a conflict, and makes it',
  'gives two writes one revision',
  'splits transactions',
  'makes only the first half of a transaction, at times',
  'shows the loser nothing',
  'does not tell what was replaced',
  'says that nothing remains',
  'skips a key on the next page',
  'begins the next page with the last of the one before',
  'reads the newest instead of an old revision',
  'counts one too many',
  'answers gets from a memory of its own',
  'answers ranges from a while ago',
  'tells an old revision',
  'loses every seventh event',
  'loses deletions',
  'tells events twice',
  'tells events in the wrong order',
  'splits revisions',
  'forgets what was before',
  'tells what was before in the wrong version',
  'tells every put as a creation',
  'watches the neighbours too',
  'resumes one late',
  'tells progress ahead of events',
  'never compacts',
  'compacts one revision more',
  'brings deleted keys back at compaction',
  'swallows events that compaction overtakes',
  'turns the compacted revision back',
  'leases end too early',
  'keeps leases alive in words only',
  'revokes leases key by key',
  'keeps the keys of a revoked lease',
  'writes under a lease that is not there',
]

type BrokenSubject = EmbeddedSubject & DurableSubject

const simpleContracts: readonly Contract<BrokenSubject>[] = [...storeContracts, ...embeddedContracts, ...durableContracts].filter(
  ({ name }) => name !== 'history',
)

for (const contract of simpleContracts) {
  for (const [claim, prove] of Object.entries(contract.claims)) {
    test(`on a broken store this fails: ${contract.name}: ${claim}`, async () => {
      const names = claims[contract.name]?.[claim] ?? []
      assert.ok(names.length > 0, 'a fault is known that it finds')
      for (const name of names) assert.equal(await fails(prove, faults[name]), true, `it does not find the store that ${name}`)
    })
  }
}

for (const name of foundByHistories) {
  test(`histories find the store of which is true: ${name}`, async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      for (const prove of Object.values(historyContract([seed]).claims)) if (await fails(prove, faults[name])) return
    }
    assert.fail('five seeds find nothing wrong with it')
  })
}

test('every fault is found by something', () => {
  const found = new Set<string>([...Object.values(claims).flatMap((byClaim) => Object.values(byClaim).flat()), ...foundByHistories])
  assert.deepEqual(
    Object.keys(faults).filter((name) => !found.has(name)),
    [],
  )
})

/** Turns of the event loop after which a claim that waits for something in memory waits in vain. */
const turnsMax = 3000

/** Whether the claim fails on the broken store. To wait for something that never comes is to fail. */
async function fails(prove: (subject: BrokenSubject) => Promise<void>, breakStore: Fault): Promise<boolean> {
  const clock = new VirtualClock()
  const sound = { clock, open: (limits?: Partial<StoreLimits>) => createMemoryStore({ clock, limits: { ...contractLimits, ...limits } }) }
  const store = breakStore(sound)
  const outcome = prove({ ...embeddedSubject(store, clock), reopen: async () => breakStore(sound) }).then(
    () => 'held',
    () => 'failed',
  )
  const given = new AbortController()
  const result = await Promise.race([outcome, giveUp(given.signal)])
  given.abort()
  return result !== 'held'
}

async function giveUp(done: AbortSignal): Promise<'waits'> {
  for (let turn = 0; turn < turnsMax && !done.aborted; turn++) await new Promise((resolve) => setImmediate(resolve))
  return 'waits'
}
