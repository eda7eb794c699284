import assert from 'node:assert/strict'
import { test } from 'node:test'
import { validateSignerName } from './certificate-signing-request-validation.ts'

for (const [name, want] of [
  ['example.com/signer', []],
  ['', ['Required value']],
  [
    'example.com/a/b',
    [`Invalid value: "example.com/a/b": must be a fully qualified domain and path of the form 'example.com/signer-name'`],
  ],
  ['host/x', ['Invalid value: "host": should be a domain with at least two segments separated by dots']],
] as const) {
  test(`a signer ${JSON.stringify(name)} gets ${want.length} errors`, () => {
    assert.deepEqual(
      [...validateSignerName(name)].map(({ message }) => message),
      want,
    )
  })
}
