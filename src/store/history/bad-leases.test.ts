import { deleted } from './script.ts'
import { testBad } from './story.ts'

testBad([
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
])
