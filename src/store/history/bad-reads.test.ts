import { entry } from './script.ts'
import { testBad } from './story.ts'

testBad([
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
])
