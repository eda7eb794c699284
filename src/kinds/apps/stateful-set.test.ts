import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StatefulSet } from './stateful-set.kind.ts'

type Strategy = NonNullable<StatefulSet['spec']>['updateStrategy']

function statefulSet(updateStrategy: Strategy): StatefulSet {
  const spec = {
    selector: {},
    template: { spec: { containers: [] } },
    serviceName: 's',
    ...(updateStrategy === undefined ? {} : { updateStrategy }),
  }
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 's' }, spec, status: { replicas: 0 } }
}

for (const [why, given, want] of [
  ['nothing', undefined, { type: 'RollingUpdate', rollingUpdate: { partition: 0 } }],
  ['the name only', { type: 'RollingUpdate' }, { type: 'RollingUpdate' }],
  ['an empty one', { type: 'RollingUpdate', rollingUpdate: {} }, { type: 'RollingUpdate', rollingUpdate: { partition: 0 } }],
  ['one of deletions', { type: 'OnDelete' }, { type: 'OnDelete' }],
] as const) {
  test(`the update strategy of a stateful set, given ${why}`, () => {
    assert.deepEqual(StatefulSet.defaults?.(statefulSet(given)).spec?.updateStrategy, want)
  })
}
