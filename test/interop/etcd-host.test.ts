import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { etcdMissing } from '#testing/etcd/etcd-program'
import { startEtcd } from '#testing/etcd/start-etcd'

test('an etcd with TLS serves, survives a kill with its data, and leaves nothing behind', { skip: etcdMissing }, async () => {
  const etcd = await startEtcd({ tls: true })
  const [member] = etcd.members
  assert(member !== undefined)
  try {
    await etcd.etcdctl('put', '/a', 'one')
    await member.kill()
    assert.equal(await member.isHealthy(), false)
    member.start()
    await member.untilHealthy()
    assert.match(await etcd.etcdctl('get', '/a'), /one/)
  } finally {
    await etcd[Symbol.asyncDispose]()
  }
  assert.equal(member.isRunning, false)
  assert.equal(existsSync(etcd.directory), false)
})
