import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnyObject } from '../resources/unstructured.ts'
import { parseWanted } from './wanted.ts'

const pod: AnyObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', generation: 2 },
  spec: { containers: [{ name: 'a' }, { name: 'b' }] },
  status: {
    phase: 'Running',
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Old', status: 'True', observedGeneration: 1 },
    ],
  },
}

for (const [text, isMet] of [
  ['condition=Ready', true],
  ['condition=ready', true],
  ['condition=Ready=False', false],
  ['condition=Missing', false],
  ['condition=Old', false],
  ['jsonpath={.status.phase}=Running', true],
  ['jsonpath={.status.phase}=Pending', false],
  ['jsonpath={.status.phase}', true],
  ['jsonpath=.status.phase=Running', true],
  ['jsonpath={.status.nope}', false],
  ['jsonpath={.status.conditions[?(@.type=="Ready")].status}=True', true],
] as const) {
  test(`wait --for=${text}`, () => {
    const wanted = parseWanted(text)
    assert(wanted.type === 'state')
    assert.equal(wanted.isMet(pod), isMet)
  })
}

for (const [text, message] of [
  ['jsonpath={.spec.containers[*].name}=a', /matches more than one value/],
  ['jsonpath={.spec}=a', /nested object or list/],
] as const) {
  test(`wait --for=${text} fails when it looks`, () => {
    const wanted = parseWanted(text)
    assert(wanted.type === 'state')
    assert.throws(() => wanted.isMet(pod), message)
  })
}

test('wait --for=sometime is refused', () => assert.throws(() => parseWanted('sometime'), /unrecognized condition: "sometime"/))
