import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkHistory } from './check.ts'
import { readHistory, writeRecord } from './history.ts'
import { deleted, entry, Script, written } from './script.ts'
import { describe, type Rule } from './violation.ts'

type Story = readonly [name: string, rule: Rule, words: RegExp, tell: (script: Script) => void]

const badHistories: readonly Story[] = [
  [
    'two updates from the same version both succeed: the first is lost',
    'compare',
    /took effect under revision 4, though \/a was of revision 3/,
    (s) => {
      const first = s.put('/a', 'one', 2)
      const compares = [{ key: '/a', modRevision: 2 }]
      s.txn(compares, [{ type: 'put', key: '/a', value: 'two' }], { succeeded: true, revision: 3, seen: [first] })
      s.txn(compares, [{ type: 'put', key: '/a', value: 'three' }], { succeeded: true, revision: 4, seen: [first] })
    },
  ],
  [
    'a read after an answered write does not show it',
    'stale-read',
    /shows \/a as "one".*known before.*revision 3 had changed it/,
    (s) => {
      const one = s.put('/a', 'one', 2)
      s.put('/a', 'two', 3, { previous: one })
      s.get('/a', one)
    },
  ],
  [
    'a read goes back behind another read',
    'stale-read',
    /known before/,
    (s) => {
      const one = s.put('/a', 'one', 2)
      const write = s.begin({ op: 'txn', compares: [], operations: [{ type: 'put', key: '/a', value: 'two' }] })
      s.get('/a', entry('/a', 'two', 3, { createRevision: 2, version: 2 }))
      s.get('/a', one)
      s.end(write, { op: 'txn', succeeded: true, revision: 3, seen: [one] })
    },
  ],
  [
    'a range is of an older revision than one that was answered',
    'stale-read',
    /is of revision 2, though revision 3 was known/,
    (s) => {
      const one = s.put('/a', 'one', 2)
      s.put('/b', 'two', 3)
      s.range({ prefix: '' }, 2, [one])
    },
  ],
  [
    'the revision goes back',
    'stale-read',
    /is of revision 2/,
    (s) => {
      s.put('/a', 'one', 2)
      s.put('/b', 'one', 3)
      s.currentRevision(2)
    },
  ],
  [
    'an answered write is gone after a restart',
    'lost-write',
    /does not show \/b of revision 3/,
    (s) => {
      const one = s.put('/a', 'one', 2)
      s.put('/b', 'two', 3)
      s.restart()
      const three = s.put('/c', 'three', 4)
      s.range({ prefix: '' }, 4, [one, three])
    },
  ],
  [
    'after a restart the key is back at an older version',
    'lost-write',
    /shows \/a of revision 2 at revision 4, though revision 3 had replaced it/,
    (s) => {
      const one = s.put('/a', 'one', 2)
      s.put('/a', 'two', 3, { previous: one })
      s.restart()
      const b = s.put('/b', 'three', 4)
      s.range({ prefix: '' }, 4, [one, b])
    },
  ],
  [
    'a revision is given twice',
    'revision-reused',
    /revision 2 was given to transaction 2 and before to transaction 1/,
    (s) => {
      s.put('/a', 'one', 2)
      s.put('/b', 'two', 2)
    },
  ],
  [
    'after a restart writes get revisions that a watch had told already',
    'unwritten',
    /\/b with "two" of revision 3, but that revision was transaction/,
    (s) => {
      s.put('/a', 'one', 2)
      const log = s.watch({ prefix: '', afterRevision: 2 })
      s.lose({ type: 'put', key: '/b', value: 'two' })
      s.batch(log, 3, written(entry('/b', 'two', 3)))
      s.restart()
      s.put('/c', 'three', 3)
    },
  ],
  [
    'a write gets a revision below one that was known',
    'revision-order',
    /has revision 3, though revision 5 was known/,
    (s) => {
      s.put('/a', 'one', 5)
      s.put('/b', 'two', 3)
    },
  ],
  [
    'a read speaks of a revision that nobody made',
    'future-revision',
    /speaks of revision 7; the newest that anyone can have made is 2/,
    (s) => {
      s.put('/a', 'one', 2)
      s.currentRevision(7)
    },
  ],
  [
    'a value is shown that nobody wrote',
    'unwritten',
    /nobody had written that/,
    (s) => {
      s.put('/a', 'one', 2)
      s.get('/a', entry('/a', 'what?', 3))
    },
  ],
  [
    'a key is shown with the value of another revision',
    'written-twice',
    /"one" of revision 3, but transaction 1 wrote that under revision 2/,
    (s) => {
      s.put('/a', 'one', 2)
      s.get('/a', entry('/a', 'one', 3))
    },
  ],
  [
    'a write of unknown outcome takes effect, is overwritten, and takes effect again',
    'written-twice',
    /wrote that under revision 2/,
    (s) => {
      s.lose({ type: 'put', key: '/a', value: 'one' })
      s.get('/a', entry('/a', 'one', 2))
      const two = s.put('/a', 'two', 3, { previous: entry('/a', 'one', 2) })
      s.get('/a', entry('/a', 'one', 4, { createRevision: two.createRevision, version: 3 }))
    },
  ],
  [
    'a refused write takes effect',
    'refused-write',
    /but transaction 1 was refused/,
    (s) => {
      s.refuse({ op: 'txn', compares: [], operations: [{ type: 'put', key: '/a', value: 'one' }] }, 'StoreFull')
      s.get('/a', entry('/a', 'one', 2))
    },
  ],
  [
    'the loser of a swap takes effect',
    'refused-write',
    /was refused/,
    (s) => {
      const one = s.put('/a', 'one', 2)
      const compares = [{ key: '/a', modRevision: 1 }]
      s.txn(compares, [{ type: 'put', key: '/a', value: 'two' }], { succeeded: false, revision: 2, seen: [one] })
      s.get('/a', entry('/a', 'two', 3, { createRevision: 2, version: 2 }))
    },
  ],
  [
    'half a transaction: one of its keys is not written',
    'lost-write',
    /does not show \/b of revision 2/,
    (s) => {
      const operations = [
        { type: 'put', key: '/a', value: 'one' },
        { type: 'put', key: '/b', value: 'two' },
      ] as const
      s.txn([], operations, { succeeded: true, revision: 2, seen: [null, null] })
      s.range({ prefix: '' }, 2, [entry('/a', 'one', 2)])
    },
  ],
  [
    'half a transaction of unknown outcome',
    'lost-write',
    /does not show \/b/,
    (s) => {
      s.lose({ type: 'put', key: '/a', value: 'one' }, { type: 'put', key: '/b', value: 'two' })
      s.restart()
      s.range({ prefix: '' }, 2, [entry('/a', 'one', 2)])
    },
  ],
  [
    'a conflict though the key was as expected',
    'conflict',
    /every comparison held/,
    (s) => {
      const one = s.put('/a', 'one', 2)
      const compares = [{ key: '/a', modRevision: 2 }]
      s.txn(compares, [{ type: 'put', key: '/a', value: 'two' }], { succeeded: false, revision: 2, seen: [one] })
    },
  ],
  [
    'a conflict that shows something else than is there',
    'previous',
    /says it found \/a absent; it was as "one"/,
    (s) => {
      s.put('/a', 'one', 2)
      const compares = [{ key: '/a', modRevision: 1 }]
      s.txn(compares, [{ type: 'put', key: '/a', value: 'two' }], { succeeded: false, revision: 2, seen: [null] })
    },
  ],
  [
    'a put that says it replaced nothing',
    'previous',
    /says it found \/a absent/,
    (s) => {
      s.put('/a', 'one', 2)
      s.put('/a', 'two', 3)
    },
  ],
  [
    'a deleted key is back after compaction',
    'returned-key',
    /shows \/a of revision 2, which was not there at revision 4/,
    (s) => {
      const one = s.put('/a', 'one', 2)
      s.remove(one, 3)
      const b = s.put('/b', 'two', 4)
      s.compact(4)
      s.range({ prefix: '' }, 4, [one, b])
    },
  ],
  [
    'a deleted key is got',
    'stale-read',
    /shows \/a as "one"/,
    (s) => {
      const one = s.put('/a', 'one', 2)
      s.remove(one, 3)
      s.get('/a', one)
    },
  ],
  [
    'compaction forgets a live key',
    'lost-write',
    /does not show \/a/,
    (s) => {
      s.put('/a', 'one', 2)
      const b = s.put('/b', 'two', 3)
      s.compact(3)
      s.range({ prefix: '' }, 3, [b])
    },
  ],
  [
    'a compacted revision is read',
    'compacted-read',
    /shows revision 2, though revision 3 had been compacted/,
    (s) => {
      const one = s.put('/a', 'one', 2)
      s.put('/b', 'two', 3)
      s.compact(3)
      s.range({ prefix: '', atRevision: 2 }, 2, [one])
    },
  ],
  [
    'a revision is called compacted that is not',
    'wrongly-compacted',
    /nobody had compacted beyond 2/,
    (s) => {
      s.put('/a', 'one', 2)
      s.put('/b', 'two', 3)
      s.compact(2)
      s.refuse({ op: 'range', range: { prefix: '', atRevision: 2 } }, 'Compacted')
    },
  ],
  [
    'a watch is called compacted that is not',
    'wrongly-compacted',
    /watch 3 had come to revision 3/,
    (s) => {
      s.put('/a', 'one', 2)
      s.put('/b', 'two', 3)
      s.endWatch(s.watch({ prefix: '', afterRevision: 3 }), 'Compacted')
    },
  ],
  [
    'after a restart a known revision is called future',
    'wrongly-future',
    /revision 3 is not there yet, though it was known before/,
    (s) => {
      s.put('/a', 'one', 2)
      s.put('/b', 'two', 3)
      s.restart()
      s.endWatch(s.watch({ prefix: '', afterRevision: 3 }), 'FutureRevision')
    },
  ],
  [
    'a page at a known revision is called future',
    'wrongly-future',
    /is not there yet/,
    (s) => {
      s.put('/a', 'one', 2)
      s.refuse({ op: 'range', range: { prefix: '', atRevision: 2 } }, 'FutureRevision')
    },
  ],
  [
    'a page at an old revision shows what came later',
    'entry',
    /shows \/a of revision 3, which is later than the revision 2 read/,
    (s) => {
      const one = s.put('/a', 'one', 2)
      const two = s.put('/a', 'two', 3, { previous: one })
      s.range({ prefix: '', atRevision: 2 }, 2, [two])
    },
  ],
  [
    'a page is longer than asked',
    'page',
    /has 2 entries, though at most 1/,
    (s) => {
      const a = s.put('/a', 'one', 2)
      const b = s.put('/b', 'two', 3)
      s.range({ prefix: '', limit: 1 }, 3, [a, b])
    },
  ],
  [
    'a page counts wrongly what remains',
    'page',
    /says that 0 entries remain; it were 1/,
    (s) => {
      const a = s.put('/a', 'one', 2)
      s.put('/b', 'two', 3)
      s.range({ prefix: '', limit: 1 }, 3, [a], 0)
    },
  ],
  [
    'the next page skips a key',
    'lost-write',
    /does not show \/b/,
    (s) => {
      s.put('/a', 'one', 2)
      s.put('/b', 'two', 3)
      const c = s.put('/c', 'three', 4)
      s.range({ prefix: '', afterKey: '/a', limit: 2 }, 4, [c])
    },
  ],
  [
    'a page is not in order',
    'page',
    /shows \/a after \/b/,
    (s) => {
      const a = s.put('/a', 'one', 2)
      const b = s.put('/b', 'two', 3)
      s.range({ prefix: '' }, 3, [b, a])
    },
  ],
  [
    'a range shows a key of the neighbour',
    'page',
    /shows \/ab\/c, which is not in the range/,
    (s) => {
      const a = s.put('/ab/c', 'one', 2)
      s.range({ prefix: '/a/' }, 2, [a])
    },
  ],
  [
    'an entry has the wrong version',
    'entry',
    /with version 1; it was 2/,
    (s) => {
      const one = s.put('/a', 'one', 2)
      const two = s.put('/a', 'two', 3, { previous: one })
      s.range({ prefix: '' }, 3, [{ ...two, version: 1 }])
    },
  ],
  [
    'a count is off by one',
    'count',
    /is 2; since revision 2/,
    (s) => {
      s.put('/a', 'one', 2)
      s.call({ op: 'count', range: { prefix: '' } }, { op: 'count', count: 2 })
    },
  ],
  [
    'a watch loses an event',
    'watch-reliable',
    /the writing of \/b under revision 3 is missing/,
    (s) => {
      const watch = s.watch({ prefix: '', afterRevision: 1 })
      const a = s.put('/a', 'one', 2)
      s.put('/b', 'two', 3)
      const c = s.put('/c', 'three', 4)
      s.batch(watch, 2, written(a))
      s.batch(watch, 4, written(c))
    },
  ],
  [
    'a watch loses a deletion at compaction',
    'watch-reliable',
    /the deletion of \/a under revision 3 is missing/,
    (s) => {
      const watch = s.watch({ prefix: '', afterRevision: 1 })
      const a = s.put('/a', 'one', 2)
      s.batch(watch, 2, written(a))
      s.remove(a, 3)
      s.compact(3)
      s.batch(watch, 3)
    },
  ],
  [
    'a watch tells an event twice',
    'watch-unique',
    /the change of \/a under revision 2 twice/,
    (s) => {
      const watch = s.watch({ prefix: '', afterRevision: 1 })
      const a = s.put('/a', 'one', 2)
      s.batch(watch, 2, written(a))
      s.batch(watch, 2, written(a))
    },
  ],
  [
    'a watch tells events in the wrong order',
    'watch-ordered',
    /tells revision 2 after revision 3/,
    (s) => {
      const watch = s.watch({ prefix: '', afterRevision: 1 })
      const a = s.put('/a', 'one', 2)
      const b = s.put('/b', 'two', 3)
      s.batch(watch, 3, written(b), written(a))
    },
  ],
  [
    'a watch splits a revision',
    'watch-atomic',
    /tells revision 2 in two batches/,
    (s) => {
      const watch = s.watch({ prefix: '', afterRevision: 1 })
      const operations = [
        { type: 'put', key: '/a', value: 'one' },
        { type: 'put', key: '/b', value: 'two' },
      ] as const
      s.txn([], operations, { succeeded: true, revision: 2, seen: [null, null] })
      s.batch(watch, 1, written(entry('/a', 'one', 2)))
      s.batch(watch, 2, written(entry('/b', 'two', 2)))
    },
  ],
  [
    'a watch tells a part of a revision',
    'watch-atomic',
    /a part of revision 2 only: the writing of \/b/,
    (s) => {
      const watch = s.watch({ prefix: '', afterRevision: 1 })
      const operations = [
        { type: 'put', key: '/a', value: 'one' },
        { type: 'put', key: '/b', value: 'two' },
      ] as const
      s.txn([], operations, { succeeded: true, revision: 2, seen: [null, null] })
      s.batch(watch, 2, written(entry('/a', 'one', 2)))
    },
  ],
  [
    'progress is told ahead of an event',
    'watch-bookmarkable',
    /tells \/b of revision 3 after it had said that all up to 3 was told/,
    (s) => {
      const watch = s.watch({ prefix: '', afterRevision: 1 })
      const a = s.put('/a', 'one', 2)
      const b = s.put('/b', 'two', 3)
      s.batch(watch, 3, written(a))
      s.batch(watch, 3, written(b))
    },
  ],
  [
    'progress goes back',
    'watch-bookmarkable',
    /says it stands at revision 2 after it stood at 3/,
    (s) => {
      const watch = s.watch({ prefix: '/x' })
      s.put('/a', 'one', 2)
      s.put('/b', 'two', 3)
      s.batch(watch, 3)
      s.batch(watch, 2)
    },
  ],
  [
    'a resumed watch misses the first event',
    'watch-resumable',
    /opened after revision 2: the writing of \/b/,
    (s) => {
      s.put('/a', 'one', 2)
      s.put('/b', 'two', 3)
      const c = s.put('/c', 'three', 4)
      s.batch(s.watch({ prefix: '', afterRevision: 2 }), 4, written(c))
    },
  ],
  [
    'a resumed watch tells again what was told',
    'watch-resumable',
    /after revision 2 tells of revision 2/,
    (s) => {
      const a = s.put('/a', 'one', 2)
      s.batch(s.watch({ prefix: '', afterRevision: 2 }), 2, written(a))
    },
  ],
  [
    'an event has the wrong previous value',
    'watch-previous',
    /says that \/a was absent before revision 3; it was "one"/,
    (s) => {
      const one = s.put('/a', 'one', 2)
      const two = s.put('/a', 'two', 3, { previous: one })
      s.batch(s.watch({ prefix: '', afterRevision: 2 }), 3, { type: 'put', key: '/a', revision: 3, entry: two })
    },
  ],
  [
    'an event says a key was made that was there',
    'watch-create',
    /says that revision 3 made \/a, which was there before/,
    (s) => {
      const one = s.put('/a', 'one', 2)
      s.put('/a', 'two', 3, { previous: one })
      s.batch(s.watch({ prefix: '', afterRevision: 2 }), 3, written(entry('/a', 'two', 3), one))
    },
  ],
  [
    'a watch tells of a key that it does not watch',
    'watch-filter',
    /of \/pods\/ tells of \/podsecurity/,
    (s) => {
      const a = s.put('/podsecurity', 'one', 2)
      s.batch(s.watch({ prefix: '/pods/', afterRevision: 1 }), 2, written(a))
    },
  ],
  [
    'a watch tells of a change that nobody made',
    'unwritten',
    /nobody deleted it/,
    (s) => {
      const a = s.put('/a', 'one', 2)
      s.batch(s.watch({ prefix: '', afterRevision: 2 }), 3, deleted(a, 3))
    },
  ],
  [
    'a watch stops for ever',
    'watch-stuck',
    /did not come to revision 2/,
    (s) => {
      const watch = s.watch({ prefix: '', afterRevision: 1 })
      s.put('/a', 'one', 2)
      s.stuck(watch, 2)
    },
  ],
  [
    'a lease ends too early',
    'lease-early',
    /deleted under revision 3 after 400 ms; lease 1 was to live for 1000 ms/,
    (s) => {
      s.grant('1', 1000)
      const a = s.put('/a', 'one', 2, { leaseId: '1' })
      s.pass(400)
      s.batch(s.watch({ prefix: '', afterRevision: 2 }), 3, deleted(a, 3))
    },
  ],
  [
    'a lease that was kept alive is not found',
    'lease-early',
    /call 3 did not find it after 600 ms/,
    (s) => {
      s.grant('1', 1000)
      s.pass(600)
      s.call({ op: 'keepLeaseAlive', leaseId: '1' }, { op: 'keepLeaseAlive', ttlMs: 1000 })
      s.pass(600)
      s.refuse({ op: 'keepLeaseAlive', leaseId: '1' }, 'LeaseNotFound')
    },
  ],
  [
    'a lease never ends',
    'lease-late',
    /shows \/a, 9000 ms after the end of lease 1/,
    (s) => {
      s.grant('1', 1000)
      const a = s.put('/a', 'one', 2, { leaseId: '1' })
      s.pass(10_000)
      s.get('/a', a)
    },
  ],
  [
    'a key outlives the revocation of its lease',
    'lease-revoked',
    /which had been revoked/,
    (s) => {
      s.grant('1', 1000)
      const a = s.put('/a', 'one', 2, { leaseId: '1' })
      s.call({ op: 'revokeLease', leaseId: '1' }, { op: 'revokeLease' })
      s.get('/a', a)
    },
  ],
  [
    'a key is written under a revoked lease',
    'lease-revoked',
    /could write \/a under lease 1/,
    (s) => {
      s.grant('1', 1000)
      s.call({ op: 'revokeLease', leaseId: '1' }, { op: 'revokeLease' })
      s.put('/a', 'one', 2, { leaseId: '1' })
    },
  ],
  [
    'the keys of a lease go under two revisions',
    'lease-split',
    /under the revisions 4 and 5/,
    (s) => {
      s.grant('1', 1000)
      const a = s.put('/a', 'one', 2, { leaseId: '1' })
      const b = s.put('/b', 'one', 3, { leaseId: '1' })
      const watch = s.watch({ prefix: '', afterRevision: 3 })
      s.call({ op: 'revokeLease', leaseId: '1' }, { op: 'revokeLease' })
      s.batch(watch, 5, deleted(a, 4), deleted(b, 5))
    },
  ],
  [
    'registers that no order explains, though each revision is by itself in order',
    'not-linearizable',
    /there is no order/,
    (s) => {
      const one = s.put('/a', 'one', 2)
      const write = s.begin({ op: 'txn', compares: [], operations: [{ type: 'put', key: '/a', value: 'two' }] })
      s.get('/a', entry('/a', 'two', 3, { createRevision: 2, version: 2 }))
      s.get('/a', one)
      s.end(write, { op: 'txn', succeeded: true, revision: 3, seen: [one] })
    },
  ],
]

for (const [name, rule, words, tell] of badHistories) {
  test(`a history is bad in which ${name}`, () => {
    const script = new Script()
    tell(script)
    const violations = checkHistory(script.records, { latenessMs: 1000 })
    const told = violations.filter((violation) => violation.rule === rule)
    assert.ok(
      told.some(({ story }) => words.test(story)),
      `expected ${rule} in words like ${words}, but was told:\n${describe(violations)}`,
    )
  })
}

const goodHistories: readonly (readonly [name: string, tell: (script: Script) => void])[] = [
  [
    'a lease takes a key that a lost transaction would have deleted together with another',
    (s) => {
      s.grant('7', 1000)
      const one = s.put('/a', 'one', 2, { leaseId: '7' })
      const two = s.put('/b', 'two', 3)
      s.lose({ type: 'delete', key: '/a' }, { type: 'delete', key: '/b' })
      s.pass(1500)
      s.batch(s.watch({ prefix: '', afterRevision: 1 }), 4, written(one), written(two), deleted(one, 4))
      s.range({ prefix: '' }, 4, [two])
    },
  ],
  [
    'a lease takes a key that a lost transaction would have deleted among other things',
    (s) => {
      s.grant('7', 1000)
      const one = s.put('/a', 'one', 2, { leaseId: '7' })
      s.lose({ type: 'delete', key: '/a' }, { type: 'put', key: '/b', value: 'two' })
      s.pass(1500)
      s.batch(s.watch({ prefix: '', afterRevision: 1 }), 3, written(one), deleted(one, 3))
      s.range({ prefix: '' }, 3, [])
    },
  ],
  [
    'a write of unknown outcome is never seen',
    (s) => {
      s.lose({ type: 'put', key: '/a', value: 'one' })
      s.restart()
      s.get('/a')
      s.range({ prefix: '' }, 1, [])
    },
  ],
  [
    'a write of unknown outcome is there after the restart, whole',
    (s) => {
      s.lose({ type: 'put', key: '/a', value: 'one' }, { type: 'put', key: '/b', value: 'two' })
      s.restart()
      s.range({ prefix: '' }, 2, [entry('/a', 'one', 2), entry('/b', 'two', 2)])
    },
  ],
  [
    'a write of unknown outcome takes effect much later',
    (s) => {
      s.lose({ type: 'put', key: '/a', value: 'one' })
      s.get('/a')
      s.put('/b', 'two', 2)
      s.get('/a')
      s.get('/a', entry('/a', 'one', 3))
    },
  ],
  [
    'a deletion of unknown outcome is told by a watch',
    (s) => {
      const a = s.put('/a', 'one', 2)
      const watch = s.watch({ prefix: '', afterRevision: 2 })
      s.lose({ type: 'delete', key: '/a' })
      s.get('/a')
      s.batch(watch, 3, deleted(a, 3))
    },
  ],
  [
    'a deletion of unknown outcome is told by nobody, but reads do not show the key any more',
    (s) => {
      s.put('/a', 'one', 2)
      s.lose({ type: 'delete', key: '/a' })
      s.get('/a')
      s.put('/b', 'two', 4)
      s.range({ prefix: '' }, 4, [entry('/b', 'two', 4)])
    },
  ],
  [
    'reads under way see one state or the other',
    (s) => {
      const one = s.put('/a', 'one', 2)
      const write = s.begin({ op: 'txn', compares: [], operations: [{ type: 'put', key: '/a', value: 'two' }] })
      s.get('/a', one)
      s.get('/a', entry('/a', 'two', 3, { createRevision: 2, version: 2 }))
      s.end(write, { op: 'txn', succeeded: true, revision: 3, seen: [one] })
    },
  ],
  [
    'revisions have gaps, because others write elsewhere',
    (s) => {
      s.put('/a', 'one', 20)
      s.put('/b', 'two', 40)
      s.range({ prefix: '', atRevision: 30 }, 30, [entry('/a', 'one', 20)])
    },
  ],
  [
    'a watch lags behind and tells all in the end',
    (s) => {
      const watch = s.watch({ prefix: '', afterRevision: 1 })
      const a = s.put('/a', 'one', 2)
      s.remove(a, 3)
      s.get('/a')
      s.batch(watch, 2, written(a))
      s.batch(watch, 3, deleted(a, 3))
    },
  ],
  [
    'a lease ends after its time, or lives anew after a restart',
    (s) => {
      s.grant('1', 1000)
      const a = s.put('/a', 'one', 2, { leaseId: '1' })
      s.pass(900)
      s.restart()
      s.pass(1000)
      s.currentRevision(2)
      s.pass(900)
      s.get('/a', a)
      s.pass(200)
      s.batch(s.watch({ prefix: '', afterRevision: 2 }), 3, deleted(a, 3))
    },
  ],
  [
    'a page of an old revision, another of one that is compacted by then',
    (s) => {
      const one = s.put('/a', 'one', 2)
      s.put('/a', 'two', 3, { previous: one })
      s.range({ prefix: '', atRevision: 2 }, 2, [one])
      s.compact(3)
      s.refuse({ op: 'range', range: { prefix: '', atRevision: 2 } }, 'Compacted')
    },
  ],
]

for (const [name, tell] of goodHistories) {
  test(`a history is good in which ${name}`, () => {
    const script = new Script()
    tell(script)
    assert.equal(describe(checkHistory(script.records, { latenessMs: 1000 })), '')
  })
}

test('a history comes back from its lines; a line cut off in the middle is left out', () => {
  const script = new Script()
  const a = script.put('/a', 'one', 2)
  script.batch(script.watch({ prefix: '', afterRevision: 1 }), 2, written(a))
  const lines = script.records.map(writeRecord).join('')
  assert.deepEqual(readHistory(lines), JSON.parse(JSON.stringify(script.records)))
  assert.equal(readHistory(lines.slice(0, -3)).length, script.records.length - 1)
})
