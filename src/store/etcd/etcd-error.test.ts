import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type GrpcCode, GrpcError } from '#net/grpc/grpc-error'
import { isHopeless, storeErrorOf, unavailable, verdictOf } from './etcd-error.ts'

for (const [why, code, details, verdict] of [
  ['a connection lost on the way', 'Unavailable', 'the connection was lost during the call', 'unknown'],
  ['a deadline', 'DeadlineExceeded', 'context deadline exceeded', 'unknown'],
  ['a commit that took too long', 'Unavailable', 'etcdserver: request timed out', 'unknown'],
  ['a change of leader', 'Unavailable', 'etcdserver: leader changed', 'unknown'],
  ['no leader: the member did not look at it', 'Unavailable', 'etcdserver: no leader', 'elsewhere'],
  ['an old token', 'Unauthenticated', 'etcdserver: invalid auth token', 'log-in'],
  ['a full store', 'ResourceExhausted', 'etcdserver: mvcc: database space exceeded', 'final'],
  ['a compacted revision', 'OutOfRange', 'etcdserver: mvcc: required revision has been compacted', 'final'],
] as const) {
  test(`${why}: ${verdict}`, () => assert.equal(verdictOf(new GrpcError(code, details)), verdict))
}

test('a call that was never sent may be made elsewhere', () => {
  assert.equal(verdictOf(new GrpcError('Unavailable', 'connect ECONNREFUSED', { isUnsent: true })), 'elsewhere')
})

for (const [code, details, reason] of [
  ['ResourceExhausted', 'etcdserver: mvcc: database space exceeded', 'StoreFull'],
  ['NotFound', 'etcdserver: requested lease not found', 'LeaseNotFound'],
  ['InvalidArgument', 'etcdserver: request is too large', 'Invalid'],
  ['OutOfRange', 'etcdserver: mvcc: required revision is a future revision', 'FutureRevision'],
  ['DataLoss', 'etcdserver: corrupt cluster', 'Corrupt'],
  ['Unimplemented', 'unknown service', 'Unavailable'],
] as const satisfies readonly (readonly [GrpcCode, string, string])[]) {
  test(`${details}: ${reason}, with what etcd said`, () => {
    const error = storeErrorOf(new GrpcError(code, details))
    assert.equal(error.reason, reason)
    assert.ok(error.message.endsWith(`(${details})`))
  })
}

test('where no member answers, each is named with what is wrong and what to do', () => {
  const failures = new Map([
    ['https://a:2379', new GrpcError('Unavailable', 'connection error: self-signed certificate in certificate chain')],
    ['https://b:2379', new GrpcError('Unavailable', 'etcdserver: no leader')],
  ])
  const error = unavailable(failures, true)
  assert.ok(error.isOutcomeUnknown)
  assert.match(error.message, /https:\/\/a:2379: .*--etcd-cafile.*https:\/\/b:2379: .*majority/)
  assert.deepEqual([...failures.values()].map(isHopeless), [true, false])
})
