import assert from 'node:assert/strict'
import { test } from 'node:test'
import { containerNames } from './container-names.ts'

for (const [images, want] of [
  [['nginx'], ['nginx']],
  [['registry.example:5000/shop/web:1.2'], ['web']],
  [['web@sha256:abc'], ['web']],
  [
    ['a/Web_1', 'b/other.one'],
    ['web-1', 'other-one'],
  ],
  [
    ['web:1', 'web:2'],
    ['web', 'web-12345'],
  ],
] as const) {
  test(`containerNames: ${images.join(' ')}`, () =>
    assert.deepEqual(
      containerNames(images, () => '12345'),
      want,
    ))
}
