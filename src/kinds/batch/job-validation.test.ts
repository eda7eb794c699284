import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FieldPath } from '#meta/field-path'
import { validateJobSpec } from './job-spec-validation.ts'
import { validateJobStatus } from './job-status-validation.ts'
import type { Job, JobCondition, JobSpec, JobStatus } from './types.gen.ts'

const template: JobSpec['template'] = {
  spec: {
    restartPolicy: 'Never',
    dnsPolicy: 'ClusterFirst',
    terminationGracePeriodSeconds: 30,
    containers: [
      { name: 'c', image: 'x', imagePullPolicy: 'Always', terminationMessagePolicy: 'File', terminationMessagePath: '/a', resources: {} },
    ],
  },
}

for (const [why, job, want] of [
  ['a plain job', {}, []],
  [
    'an indexed job needs completions',
    { completionMode: 'Indexed' },
    ['spec.completions: Required value: when completion mode is Indexed'],
  ],
  [
    'failed indexes need a limit for each',
    { completionMode: 'Indexed', completions: 2, maxFailedIndexes: 5 },
    [
      'spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified',
      'spec.maxFailedIndexes: Invalid value: 5: must be less than or equal to completions',
    ],
  ],
  [
    'success is judged by index',
    { successPolicy: { rules: [{ succeededCount: 1 }] } },
    ['spec.successPolicy: Invalid value: {"Rules":[{"SucceededIndexes":null,"SucceededCount":1}]}: requires indexed completion mode'],
  ],
  [
    'a success rule says something that can come true',
    { completionMode: 'Indexed', completions: 3, successPolicy: { rules: [{ succeededIndexes: '0-1', succeededCount: 3 }, {}] } },
    [
      'spec.successPolicy.rules[0].succeededCount: Invalid value: 3: must be less than or equal to 2 (the number of indexes in the specified succeededIndexes field)',
      'spec.successPolicy.rules[1]: Required value: at least one of succeededCount or succeededIndexes must be specified',
    ],
  ],
  [
    'another manager has a domain',
    { managedBy: 'nodomain' },
    ['spec.managedBy: Invalid value: "nodomain": must be a domain-prefixed path (such as "acme.io/foo")'],
  ],
] as const) {
  test(`validateJobSpec: ${why}`, () => {
    const errors = [...validateJobSpec({ ...job, template }, FieldPath.of('spec'))]
    assert.deepEqual(
      errors.map(({ path, message }) => `${path}: ${message}`),
      want,
    )
  })
}

const start = '2024-01-01T00:00:00Z'
const end = '2024-01-01T00:10:00Z'
const holding = (...types: string[]): readonly JobCondition[] => types.map((type) => ({ type, status: 'True' }))
const jobOf = (status: JobStatus): Job => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, spec: { template }, status })
const running: JobStatus = { startTime: start, active: 1 }
const complete: JobStatus = { startTime: start, completionTime: end, succeeded: 1, conditions: holding('SuccessCriteriaMet', 'Complete') }

for (const [why, next, old, want] of [
  ['a job may complete', complete, { startTime: start, conditions: holding('SuccessCriteriaMet') }, []],
  [
    'pods of a job that is over are gone',
    { ...complete, active: 1 },
    running,
    ['status.active: Invalid value: 1: active>0 is invalid for finished job'],
  ],
  [
    'completion is announced',
    { ...complete, conditions: holding('Complete') },
    running,
    ['status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition'],
  ],
  [
    'what is complete stays complete',
    { ...complete, completionTime: undefined, conditions: [] },
    complete,
    [
      'status.conditions: Invalid value: cannot disable the terminal Complete=True condition',
      'status.conditions: Invalid value: cannot disable the SuccessCriteriaMet=True condition',
    ],
  ],
  [
    'failures are not forgotten',
    { ...running, failed: 0 },
    { ...running, failed: 1 },
    ['status.failed: Invalid value: 0: cannot decrease the failed counter'],
  ],
  [
    'no more pods are ready than are active',
    { ...running, ready: 2 },
    running,
    ['status.ready: Invalid value: 2: cannot set more ready pods than active'],
  ],
  ['but what was so before is not looked at', { ...running, ready: 2, failed: 1 }, { ...running, ready: 2 }, []],
  [
    'indexes are of an indexed job',
    { ...running, completedIndexes: '0', failedIndexes: '1' },
    running,
    [
      'status.completedIndexes: Invalid value: "0": cannot set non-empty completedIndexes when non-indexed completion mode',
      'status.failedIndexes: Invalid value: "1": cannot set non-null failedIndexes when backoffLimitPerIndex is null',
    ],
  ],
] as const) {
  test(`validateJobStatus: ${why}`, () => {
    const errors = [...validateJobStatus(jobOf(next), jobOf(old))]
    assert.deepEqual(
      errors.map(({ path, message }) => `${path}: ${message}`),
      want,
    )
  })
}
