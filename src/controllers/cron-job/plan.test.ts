import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CronJob } from '#kinds/batch/cron-job.kind'
import type { Job } from '#kinds/batch/job.kind'
import { reviewRuns, runsToForget } from './history.ts'
import { jobOf, planCronJob } from './plan.ts'

const nowMs = Date.parse('2026-01-01T01:00:30Z')

function cronJob(spec: Partial<CronJob['spec']> = {}, status: CronJob['status'] = {}): CronJob {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'c', namespace: 'a', uid: 'cu', creationTimestamp: '2026-01-01T00:58:10Z' },
    spec: { schedule: '* * * * *', jobTemplate: { spec: { template: { spec: { containers: [] } } } }, ...spec },
    status,
  }
}

const running = { name: 'c-1', uid: 'u1' }

for (const [why, spec, status, want] of [
  ['the latest missed run is made', {}, {}, 'run 2026-01-01T01:00:00.000Z, then in 30100 ms'],
  ['none is due yet', { schedule: '30 1 * * *' }, {}, 'wait, then in 1770100 ms'],
  ['it was made already', {}, { lastScheduleTime: '2026-01-01T01:00:00Z' }, 'wait, then in 30100 ms'],
  ['suspended', { suspend: true }, {}, 'wait'],
  ['too late', { schedule: '0 1 * * *', startingDeadlineSeconds: 10 }, {}, 'wait, then in 86370100 ms'],
  ['forbidden beside another', { concurrencyPolicy: 'Forbid' }, { active: [running] }, 'wait, then in 30100 ms: JobAlreadyActive'],
  ['replaces another', { concurrencyPolicy: 'Replace' }, { active: [running] }, 'run 2026-01-01T01:00:00.000Z for c-1, then in 30100 ms'],
  [
    'in its time zone',
    { schedule: '0 20 31 12 *', timeZone: 'America/New_York' },
    {},
    'run 2026-01-01T01:00:00.000Z, then in 31535970100 ms',
  ],
  ['in no time zone', { timeZone: 'No/Where' }, {}, 'wait: UnknownTimeZone'],
  ['by no schedule', { schedule: 'often' }, {}, 'wait: UnparseableSchedule'],
  [
    'far behind, it runs once',
    {},
    { lastScheduleTime: '2025-01-01T00:00:00Z' },
    'run 2026-01-01T01:00:00.000Z, then in 30100 ms: TooManyMissedTimes',
  ],
] as const) {
  test(`cron job: ${why}`, () => {
    const plan = planCronJob(cronJob(spec, status), nowMs)
    const what = plan.do === 'run' ? `run ${new Date(plan.scheduledMs).toISOString()}` : 'wait'
    const replaced = plan.do === 'run' && plan.replaced.length > 0 ? ` for ${plan.replaced.map(({ name }) => name).join()}` : ''
    const next = plan.afterMs === undefined ? '' : `, then in ${plan.afterMs} ms`
    const said = plan.warning ?? (plan.do === 'wait' ? plan.note : undefined)
    assert.equal(`${what}${replaced}${next}${said === undefined ? '' : `: ${said.reason}`}`, want)
  })
}

test('cron job: a run is named by its minute and says when it was due', () => {
  const reference = { apiVersion: 'batch/v1', kind: 'CronJob', name: 'c', uid: 'cu', controller: true }
  const { metadata } = jobOf(cronJob({ timeZone: 'Asia/Tokyo' }), Date.parse('2026-01-01T01:00:00Z'), reference)
  assert.equal(metadata.name, 'c-29453820')
  assert.deepEqual(metadata.annotations, { 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-01-01T10:00:00+09:00' })
})

function job(name: string, end?: 'Complete' | 'Failed', startTime = '2026-01-01T00:00:00Z'): Job {
  const conditions = end === undefined ? [] : [{ type: end, status: 'True' }]
  const completionTime = end === 'Complete' ? { completionTime: '2026-01-01T00:00:09Z' } : {}
  const metadata = { name, namespace: 'a', uid: `u-${name}` }
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata,
    spec: { template: { spec: { containers: [] } } },
    status: { startTime, conditions, ...completionTime },
  }
}

test('cron job: runs that ended or went missing leave the list', () => {
  const active = ['done', 'gone', 'runs'].map((name) => ({ name, uid: `u-${name}` }))
  const { status, told } = reviewRuns(cronJob({}, { active }), [job('done', 'Complete'), job('runs'), job('strange')])
  assert.deepEqual(status, { active: [{ name: 'runs', uid: 'u-runs' }], lastSuccessfulTime: '2026-01-01T00:00:09Z' })
  assert.deepEqual(
    told.map(({ message }) => message),
    [
      'Saw completed job: done, condition: Complete',
      'Saw a job that the controller did not create or forgot: strange',
      'Active job went missing: gone',
    ],
  )
})

test('cron job: of finished runs the youngest are kept', () => {
  const jobs = [
    job('old', 'Complete', '2026-01-01T00:00:01Z'),
    job('new', 'Complete', '2026-01-01T00:00:02Z'),
    job('bad', 'Failed'),
    job('runs'),
  ]
  const namesFor = (spec: Partial<CronJob['spec']>) => runsToForget(cronJob(spec), jobs).map(({ metadata }) => metadata.name)
  assert.deepEqual(namesFor({ successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 1 }), ['old'])
  assert.deepEqual(namesFor({ successfulJobsHistoryLimit: 0, failedJobsHistoryLimit: 0 }), ['old', 'new', 'bad'])
  assert.deepEqual(namesFor({}), [])
})
