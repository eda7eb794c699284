import { deleted, entry, written } from './script.ts'
import { testBad } from './story.ts'

testBad([
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
])
