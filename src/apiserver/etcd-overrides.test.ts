import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseEtcdOverrides } from './etcd-overrides.ts'

test('each override names a resource and its servers', () => {
  const overrides = parseEtcdOverrides(['/events#http://a:1;http://b:2', 'apps/deployments#https://c:3'])
  assert.deepEqual(
    [...overrides],
    [
      ['/events', ['http://a:1', 'http://b:2']],
      ['apps/deployments', ['https://c:3']],
    ],
  )
})

for (const text of ['events#http://a:1', '/events', '/events#', 'a/b/c#http://a:1', '/events#http://a:1#x']) {
  test(`${JSON.stringify(text)} is refused by name`, () => {
    assert.throws(
      () => parseEtcdOverrides([text]),
      (error: Error) => error.message.includes(JSON.stringify(text)),
    )
  })
}
