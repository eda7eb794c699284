import { entry, written } from './script.ts'
import { testBad } from './story.ts'

testBad([
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
])
