/** Jobs and their pods for tests: a line says what matters, the rest is as usual. */
import type { Job } from '#kinds/batch/job.kind'
import type { Pod } from '#kinds/core/pod/pod.kind'
import type { ContainerStatus, PodCondition } from '#kinds/core/types.gen'

export function testJob(spec: Partial<Job['spec']> = {}, status: Job['status'] = {}, metadata: Partial<Job['metadata']> = {}): Job {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'job' }] } }
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j', namespace: 'a', uid: 'ju', ...metadata },
    spec: { completions: 2, parallelism: 2, backoffLimit: 6, podReplacementPolicy: 'TerminatingOrFailed', template, ...spec },
    status,
  }
}

export type JobPodTraits = {
  readonly phase?: string
  readonly index?: number
  /** Failures of the index before this pod. */
  readonly failures?: number
  readonly exitCode?: number
  readonly finishedAt?: string
  readonly conditions?: readonly PodCondition[]
  readonly isLeaving?: boolean
  readonly isTracked?: boolean
  readonly restartCount?: number
}

/** The name serves as uid too. */
export function testJobPod(name: string, traits: JobPodTraits = {}): Pod {
  const { phase = 'Running', index, failures, isLeaving = false, isTracked = true, conditions = [] } = traits
  const prefix = 'batch.kubernetes.io'
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'a',
      uid: name,
      creationTimestamp: '2026-01-01T00:00:00Z',
      annotations: {
        ...(index === undefined ? {} : { [`${prefix}/job-completion-index`]: `${index}` }),
        ...(failures === undefined ? {} : { [`${prefix}/job-index-failure-count`]: `${failures}` }),
      },
      ...(isTracked ? { finalizers: [`${prefix}/job-tracking`] } : {}),
      ...(isLeaving ? { deletionTimestamp: '2026-01-01T00:00:30Z' } : {}),
    },
    spec: { containers: [{ name: 'main', image: 'job' }] },
    status: { phase, conditions, containerStatuses: containerStatusesOf(traits) },
  }
}

function containerStatusesOf({ exitCode, finishedAt, restartCount = 0 }: JobPodTraits): readonly ContainerStatus[] {
  const terminated = { exitCode: exitCode ?? 0, ...(finishedAt === undefined ? {} : { finishedAt }) }
  const state = exitCode === undefined && finishedAt === undefined ? { running: {} } : { terminated }
  return [{ name: 'main', image: 'job', imageID: '', ready: false, restartCount, state }]
}
