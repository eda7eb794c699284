import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findingsFor, findingsText } from './levels.ts'
import { type StandardPod, standardPods } from './standard-pods.ts'

const latest = 36
/** Each in which a control changed, and the ones before. */
const versions = [0, 7, 8, 18, 19, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, latest]

function isAllowedAt({ baseline, restricted, turned }: StandardPod, level: 'baseline' | 'restricted', minor: number): boolean {
  const now = level === 'baseline' ? baseline : restricted
  const isTurned =
    turned !== undefined && minor < turned.before && minor >= (turned.from ?? 0) && (turned.level === level || turned.level === 'both')
  return isTurned ? !now : now
}

const pods = [...standardPods()]

test('there are three hundred different pods and more', () => {
  assert.ok(new Set(pods.map(({ name }) => name)).size === pods.length)
  assert.ok(pods.length >= 300, `${pods.length}`)
})

for (const level of ['baseline', 'restricted'] as const) {
  test(`the level ${level} allows and refuses what the standard says, in each version`, () => {
    for (const pod of pods) {
      for (const minor of versions) {
        const found = findingsText(findingsFor({ name: level, minor }, pod))
        assert.equal(found === '', isAllowedAt(pod, level, minor), `${pod.name} at ${level}:v1.${minor}: ${found}`)
      }
    }
  })
}

test('privileged allows everything', () => {
  for (const pod of pods) assert.deepEqual(findingsFor({ name: 'privileged', minor: undefined }, pod), [])
})
