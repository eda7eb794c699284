import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ingressSpec } from './ingress-rules.ts'

const backend = (name: string, port: object) => ({ service: { name, port } })

test('rules of one host share a rule; a star makes a prefix', () => {
  assert.deepEqual(ingressSpec(['a.example/x=web:80', 'a.example/y*=api:http', '/=all:1'], ''), {
    rules: [
      {
        host: 'a.example',
        http: {
          paths: [
            { path: '/x', pathType: 'Exact', backend: backend('web', { number: 80 }) },
            { path: '/y', pathType: 'Prefix', backend: backend('api', { name: 'http' }) },
          ],
        },
      },
      { http: { paths: [{ path: '/', pathType: 'Exact', backend: backend('all', { number: 1 }) }] } },
    ],
  })
})

test('hosts of one secret share an entry', () => {
  assert.deepEqual(ingressSpec(['a/=w:1,tls=s', 'b/=w:1,tls=s', 'c/=w:1,tls'], '')['tls'], [
    { hosts: ['a', 'b'], secretName: 's' },
    { hosts: ['c'] },
  ])
})

test('a backend for whatever no rule names', () => {
  assert.deepEqual(ingressSpec([], 'web:http'), { defaultBackend: backend('web', { name: 'http' }) })
})

for (const rule of ['foo', 'a/x', 'a/x=web', 'a/x=:80']) {
  test(`a rule that is none: ${rule}`, () => assert.throws(() => ingressSpec([rule], ''), /is invalid and should be in format/))
}
