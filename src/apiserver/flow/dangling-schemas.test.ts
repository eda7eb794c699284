import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FlowSchema } from '#kinds/flowcontrol/flow-schema.kind'
import { danglingStatus } from './dangling-schemas.ts'

const noon = Date.UTC(2026, 0, 1, 12)
const there = 'This FlowSchema references the PriorityLevelConfiguration object named "low" and it exists'
const missing = 'This FlowSchema references the PriorityLevelConfiguration object named "low" but there is no such object'
const found = { type: 'Dangling', status: 'False', reason: 'Found', message: there, lastTransitionTime: '2025-01-01T00:00:00Z' }

function schema(...conditions: readonly object[]): FlowSchema {
  return {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind: 'FlowSchema',
    metadata: { name: 'a' },
    spec: { priorityLevelConfiguration: { name: 'low' }, matchingPrecedence: 1 },
    status: { conditions },
  }
}

for (const [why, conditions, isThere, want] of [
  ['a new schema', [], true, { ...found, lastTransitionTime: '2026-01-01T12:00:00Z' }],
  ['one that says so already', [found], true, undefined],
  [
    'one whose level has gone',
    [found],
    false,
    { ...found, status: 'True', reason: 'NotFound', message: missing, lastTransitionTime: '2026-01-01T12:00:00Z' },
  ],
  ['one with another text keeps its time', [{ ...found, message: 'x' }], true, found],
] as const) {
  test(`the status of a flow schema: ${why}`, () => {
    const body = danglingStatus(schema(...conditions), isThere, noon) as { status: { conditions: readonly object[] } } | undefined
    assert.deepEqual(body?.status.conditions[0], want)
  })
}
