/** What may change in a job that exists. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Job } from './job.kind.ts'

type Spec = Partial<Job['spec']>

const facts = { nowMs: 0, subresource: '' }

function jobOf(spec: Spec, image = 'i'): Job {
  const job: Job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j', namespace: 'n', uid: 'u' },
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image }] } }, ...spec },
    status: {},
  }
  const complete = Job.defaults?.(job) ?? job
  return Job.prepareCreate?.(complete, facts) ?? complete
}

function refusals(next: Job, old: Job): readonly string[] {
  return [...(Job.update.validate?.(next, old, facts) ?? [])].map(({ path, message }) => `${path}: ${message.replace(/\{.*\}/, '{}')}`)
}

const indexed: Spec = { completionMode: 'Indexed' }

for (const [why, old, next, want] of [
  ['parallelism may change', { completions: 3 }, { completions: 3, parallelism: 5 }, []],
  ['completions may not', {}, { completions: 5 }, ['spec.completions: Invalid value: 5: field is immutable']],
  ['but an indexed job may grow', { ...indexed, completions: 2, parallelism: 2 }, { ...indexed, completions: 3, parallelism: 3 }, []],
  [
    'with as many pods as indexes',
    { ...indexed, completions: 2, parallelism: 2 },
    { ...indexed, completions: 3, parallelism: 2 },
    ['spec.completions: Invalid value: 3: can only be modified in tandem with spec.parallelism'],
  ],
  ['who manages it is settled', {}, { managedBy: 'a.b/c' }, ['spec.managedBy: Invalid value: "a.b/c": field is immutable']],
] as const satisfies readonly (readonly [string, Spec, Spec, readonly string[]])[]) {
  test(`an update of a job: ${why}`, () => assert.deepEqual(refusals(jobOf(next), jobOf(old)), want))
}

test('an update of a job: its template is settled, in whole or but for what places the pods', () => {
  assert.deepEqual(refusals(jobOf({}, 'j'), jobOf({})), ['spec.template: Invalid value: {}: field is immutable'])
  assert.deepEqual(refusals(jobOf({ suspend: true }, 'j'), jobOf({ suspend: true })), [
    'spec.template.spec: Invalid value: {}: field is immutable',
  ])
  const placed: Spec = {
    suspend: true,
    template: {
      spec: {
        restartPolicy: 'Never',
        nodeSelector: { a: 'b' },
        containers: [{ name: 'c', image: 'i', resources: { limits: { cpu: '1' } } }],
      },
    },
  }
  assert.deepEqual(refusals(jobOf(placed), jobOf({ suspend: true })), [])
})

test('a new job with very many indexes is warned of', () => {
  const [warning] = Job.warnings?.(jobOf({ ...indexed, completions: 200_001, parallelism: 20_001 }), undefined) ?? []
  assert.match(warning ?? '', /^spec: In Indexed Jobs with a number of completions higher than 10\^5/)
})
