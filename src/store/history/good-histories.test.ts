import { deleted, entry, written } from './script.ts'
import { testGood } from './story.ts'

testGood([
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
    'two lost transactions took effect, and only the later one touches what is read first',
    (s) => {
      s.lose({ type: 'put', key: '/a', value: 'one' }, { type: 'put', key: '/b', value: 'two' })
      s.lose({ type: 'put', key: '/a', value: 'three' }, { type: 'put', key: '/c', value: 'four' })
      s.restart()
      s.get('/c', entry('/c', 'four', 3))
      s.get('/b', entry('/b', 'two', 2))
      s.get('/a', entry('/a', 'three', 3, { createRevision: 2, version: 2 }))
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
])
