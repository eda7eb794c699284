import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Container, Pod } from '#kinds/core/types.gen'
import type { ContainerRecord, PodRecord, SandboxRecord } from '../runtime/records.ts'
import { type Action, type PlanFacts, type ProbeVerdicts, planPod } from './plan.ts'

const calm: ProbeVerdicts = { startup: 'success', readiness: 'success', liveness: 'success' }

function facts(changes: Partial<PlanFacts> = {}): PlanFacts {
  return { nowMs: 100_000, specHash: (container) => container.image ?? '', probes: () => calm, restartDelayMs: () => 0, ...changes }
}

function podOf(spec: Partial<NonNullable<Pod['spec']>> = {}): Pod {
  const containers: readonly Container[] = [{ name: 'app', image: 'one' }]
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'n', uid: 'u' }, spec: { containers, ...spec }, status: {} }
}

const sandbox: SandboxRecord = { id: 's1', isReady: true, attempt: 0, createdAtMs: 0, ips: ['10.0.0.1'], usesHostNetwork: false }

function ran(name: string, changes: Partial<ContainerRecord> = {}): ContainerRecord {
  return {
    id: `${name}-1`,
    name,
    sandboxId: 's1',
    state: 'running',
    restartCount: 0,
    specHash: 'one',
    createdAtMs: 0,
    startedAtMs: 0,
    finishedAtMs: 90_000,
    exitCode: 0,
    reason: '',
    message: '',
    image: 'one',
    imageId: 'one',
    logPath: '',
    ...changes,
  }
}

function recordOf(containers: readonly ContainerRecord[], sandboxes: readonly SandboxRecord[] = [sandbox]): PodRecord {
  return { uid: 'u', name: 'p', namespace: 'n', sandboxes, containers }
}

function summary(actions: readonly Action[]): string {
  return actions.map((action) => ('container' in action ? `${action.type} ${action.container.name}` : action.type)).join(', ')
}

const init: Container = { name: 'init', image: 'one' }
const sidecar: Container = { name: 'side', image: 'one', restartPolicy: 'Always' }
const failed = { state: 'exited', exitCode: 1 } as const
const ended = { state: 'exited', exitCode: 0 } as const

for (const [why, pod, record, want, changes] of [
  ['nothing is there: a sandbox first', podOf(), recordOf([], []), 'create-sandbox'],
  ['a sandbox is there: the container', podOf(), recordOf([]), 'start app'],
  ['all runs: nothing to do', podOf(), recordOf([ran('app')]), ''],
  [
    'the sandbox died: a new one, after what is left of the old',
    podOf(),
    recordOf([ran('app', failed)], [{ ...sandbox, isReady: false }]),
    'stop-sandbox, create-sandbox',
  ],
  [
    'the sandbox died, and nothing has to run again: nothing',
    podOf({ restartPolicy: 'Never' }),
    recordOf([ran('app', ended)], [{ ...sandbox, isReady: false }]),
    '',
  ],
  ['a container failed and may restart', podOf(), recordOf([ran('app', failed)]), 'start app'],
  ['a container failed and must wait', podOf(), recordOf([ran('app', failed)]), 'back-off app', { restartDelayMs: () => 20_000 }],
  ['a container failed, has waited long enough', podOf(), recordOf([ran('app', failed)]), 'start app', { restartDelayMs: () => 10_000 }],
  ['OnFailure: a success stays', podOf({ restartPolicy: 'OnFailure' }), recordOf([ran('app', ended)]), ''],
  ['OnFailure: a failure restarts', podOf({ restartPolicy: 'OnFailure' }), recordOf([ran('app', failed)]), 'start app'],
  ['Never: a failure stays', podOf({ restartPolicy: 'Never' }), recordOf([ran('app', failed)]), ''],
  ['init containers go first', podOf({ initContainers: [init] }), recordOf([]), 'start init'],
  ['an init container runs: wait', podOf({ initContainers: [init] }), recordOf([ran('init')]), ''],
  ['an init container ended well: on to the next', podOf({ initContainers: [init] }), recordOf([ran('init', ended)]), 'start app'],
  [
    'an init container failed under Never: the end',
    podOf({ initContainers: [init], restartPolicy: 'Never' }),
    recordOf([ran('init', failed)]),
    '',
  ],
  ['a main container runs: a vanished init container does not start again', podOf({ initContainers: [init] }), recordOf([ran('app')]), ''],
  ['a sidecar goes first and stays', podOf({ initContainers: [sidecar] }), recordOf([ran('side')]), 'start app'],
  [
    'a sidecar that has not started yet holds the others',
    podOf({ initContainers: [{ ...sidecar, startupProbe: {} }] }),
    recordOf([ran('side')]),
    '',
    { probes: () => ({ ...calm, startup: 'unknown' }) },
  ],
  [
    'a sidecar that died runs again beside the main one',
    podOf({ initContainers: [sidecar] }),
    recordOf([ran('app'), ran('side', failed)]),
    'start side',
  ],
  [
    'the main one is over: its sidecar is not started again',
    podOf({ initContainers: [sidecar], restartPolicy: 'Never' }),
    recordOf([ran('app', ended), ran('side', failed)]),
    '',
  ],
  ['the image changed', podOf(), recordOf([ran('app', { specHash: 'old' })]), 'kill app'],
  ['liveness failed', podOf(), recordOf([ran('app')]), 'kill app', { probes: () => ({ ...calm, liveness: 'failure' }) }],
  ['startup failed', podOf(), recordOf([ran('app')]), 'kill app', { probes: () => ({ ...calm, startup: 'failure' }) }],
  ['not ready: no reason to do anything', podOf(), recordOf([ran('app')]), '', { probes: () => ({ ...calm, readiness: 'failure' }) }],
  [
    'an ephemeral container starts once',
    podOf({ ephemeralContainers: [{ name: 'debug' }] }),
    recordOf([ran('app'), ran('debug', failed)]),
    '',
  ],
  [
    'an ephemeral container starts beside the others',
    podOf({ ephemeralContainers: [{ name: 'debug' }] }),
    recordOf([ran('app')]),
    'start debug',
  ],
] as const satisfies readonly (readonly [string, Pod, PodRecord, string, Partial<PlanFacts>?])[]) {
  test(`planPod: ${why}`, () => assert.equal(summary(planPod(pod, record, facts(changes))), want))
}

test('planPod: a container in a new sandbox goes on counting restarts', () => {
  const old = ran('app', { ...failed, sandboxId: 's0', restartCount: 3 })
  assert.deepEqual(planPod(podOf(), recordOf([old]), facts()), [
    { type: 'start', container: { name: 'app', image: 'one' }, role: 'main', restartCount: 4 },
  ])
})
