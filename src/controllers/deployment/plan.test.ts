import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Deployment } from '#kinds/apps/deployment.kind'
import type { ReplicaSet } from '#kinds/apps/replica-set.kind'
import { planDeployment } from './plan.ts'
import { nextRevision, sizeAnnotations, specReplicas } from './revisions.ts'

const now = { ms: Date.UTC(2026, 0, 1), text: '2026-01-01T00:00:00Z' }

function deployment(changes: Partial<Deployment['spec']> = {}, image = 'web:1'): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default', uid: 'd', generation: 1 },
    spec: {
      replicas: 4,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image }] } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...changes,
    },
    status: {},
  }
}

/** A Deployment with its sets; pods of a set become available in the moment in which they are asked for. */
class Rollout {
  deployment: Deployment
  sets: ReplicaSet[] = []
  readonly log: string[] = []
  isHealthy = true
  /** The fewest available and the most existing pods seen. */
  minAvailable = Number.POSITIVE_INFINITY
  maxTotal = 0

  constructor(start: Deployment) {
    this.deployment = start
  }

  /** Carries plans out until one changes nothing. */
  run(): this {
    for (let step = 0; step < 50; step++) if (!this.#step()) return this
    assert.fail('the rollout does not come to rest')
  }

  sizes(): readonly number[] {
    return this.sets.map(specReplicas)
  }

  #step(): boolean {
    const plan = planDeployment({ deployment: this.deployment, sets: this.sets, podsOf: () => [] }, now)
    const { create, annotate, revision, scale, forget, status } = plan
    if (annotate !== undefined) this.#replace(annotate)
    for (const { set, replicas } of scale) this.#resize(set, replicas)
    if (create !== undefined)
      this.sets.push(
        this.#settled({
          ...create,
          metadata: { ...create.metadata, uid: create.metadata.name, creationTimestamp: `2026-01-01T00:00:0${this.sets.length}Z` },
        }),
      )
    this.sets = this.sets.filter((set) => !forget.some(({ metadata }) => metadata.uid === set.metadata.uid))
    const isSame = JSON.stringify(status) === JSON.stringify(this.deployment.status)
    this.deployment = {
      ...this.deployment,
      status,
      metadata:
        revision === undefined
          ? this.deployment.metadata
          : { ...this.deployment.metadata, annotations: { 'deployment.kubernetes.io/revision': revision } },
    }
    if (create === undefined) this.#measure()
    return !isSame || annotate !== undefined || create !== undefined || scale.length > 0 || forget.length > 0
  }

  #measure(): void {
    this.minAvailable = Math.min(
      this.minAvailable,
      this.sets.reduce((sum, { status }) => sum + (status.availableReplicas ?? 0), 0),
    )
    this.maxTotal = Math.max(
      this.maxTotal,
      this.sizes().reduce((sum, size) => sum + size, 0),
    )
  }

  #resize(set: ReplicaSet, replicas: number): void {
    this.log.push(`${set.metadata.name} ${specReplicas(set)}->${replicas}`)
    const found = this.sets.find(({ metadata }) => metadata.uid === set.metadata.uid) ?? set
    this.#replace({
      ...found,
      metadata: { ...found.metadata, annotations: { ...found.metadata.annotations, ...sizeAnnotations(this.deployment) } },
      spec: { ...found.spec, replicas },
    })
  }

  #replace(next: ReplicaSet): void {
    this.sets = this.sets.map((set) => (set.metadata.uid === next.metadata.uid ? this.#settled(next) : set))
  }

  #settled(set: ReplicaSet): ReplicaSet {
    const replicas = specReplicas(set)
    const available = this.isHealthy ? replicas : Math.min(replicas, set.status.availableReplicas ?? 0)
    return { ...set, status: { replicas, readyReplicas: available, availableReplicas: available } }
  }
}

const conditionText = ({ deployment: { status } }: Rollout, type: string) => {
  const condition = status.conditions?.find((candidate) => candidate.type === type)
  return condition && `${condition.status} ${condition.reason}`
}

test('deployment: the first rollout makes one set and ends Available and Progressing', () => {
  const rollout = new Rollout(deployment()).run()
  assert.deepEqual(rollout.sizes(), [4])
  assert.equal(conditionText(rollout, 'Available'), 'True MinimumReplicasAvailable')
  assert.equal(conditionText(rollout, 'Progressing'), 'True NewReplicaSetAvailable')
  assert.equal(rollout.deployment.metadata.annotations?.['deployment.kubernetes.io/revision'], '1')
})

test('deployment: a rolling update stays within surge and unavailability, and keeps the old set', () => {
  const rollout = new Rollout(deployment()).run()
  rollout.minAvailable = Number.POSITIVE_INFINITY
  rollout.deployment = {
    ...deployment({}, 'web:2'),
    metadata: { ...rollout.deployment.metadata, generation: 2 },
    status: rollout.deployment.status,
  }
  rollout.run()
  assert.deepEqual(rollout.sizes(), [0, 4])
  assert.ok(rollout.minAvailable >= 3, `only ${rollout.minAvailable} pods were available`)
  assert.ok(rollout.maxTotal <= 5, `${rollout.maxTotal} pods existed`)
  assert.equal(rollout.deployment.metadata.annotations?.['deployment.kubernetes.io/revision'], '2')
})

test('deployment: a rollback uses the old set again, under the newest revision', () => {
  const rollout = new Rollout(deployment()).run()
  const change = (image: string) => {
    rollout.deployment = { ...deployment({}, image), metadata: rollout.deployment.metadata, status: rollout.deployment.status }
    rollout.run()
  }
  change('web:2')
  change('web:1')
  assert.deepEqual(rollout.sizes(), [4, 0])
  const annotations = rollout.sets[0]?.metadata.annotations
  assert.equal(annotations?.['deployment.kubernetes.io/revision'], '3')
  assert.equal(annotations?.['deployment.kubernetes.io/revision-history'], '1')
})

test('deployment: revisions are whole numbers of 64 bits', () => {
  const big = (text: string) => ({ metadata: { annotations: { 'deployment.kubernetes.io/revision': text } } }) as unknown as ReplicaSet
  assert.equal(nextRevision([big('3546343826724305832'), big('7'), big('nine')]), 3546343826724305833n)
})

test('deployment: a version that never becomes available stops the update where it is', () => {
  const rollout = new Rollout(deployment()).run()
  rollout.isHealthy = false
  rollout.deployment = { ...deployment({}, 'web:bad'), metadata: rollout.deployment.metadata, status: rollout.deployment.status }
  rollout.run()
  assert.deepEqual(rollout.sizes(), [3, 2])
  assert.equal(conditionText(rollout, 'Available'), 'True MinimumReplicasAvailable')
})

test('deployment: resized in the middle of an update, both sets grow by their share', () => {
  const rollout = new Rollout(
    deployment({ replicas: 10, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } } }),
  ).run()
  rollout.isHealthy = false
  const spec = {
    ...deployment({ replicas: 10, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } } }, 'web:bad').spec,
  }
  rollout.deployment = { ...rollout.deployment, spec }
  rollout.run()
  assert.deepEqual(rollout.sizes(), [8, 5])
  rollout.deployment = { ...rollout.deployment, spec: { ...spec, replicas: 15 } }
  const plan = planDeployment({ deployment: rollout.deployment, sets: rollout.sets, podsOf: () => [] }, now)
  // The example of the Kubernetes documentation ("Proportional scaling").
  assert.deepEqual(
    plan.scale.map(({ replicas }) => replicas),
    [11, 7],
  )
})

test('deployment: Recreate ends the old pods before it starts new ones', () => {
  const rollout = new Rollout(deployment({ strategy: { type: 'Recreate' } })).run()
  rollout.deployment = {
    ...deployment({ strategy: { type: 'Recreate' } }, 'web:2'),
    metadata: rollout.deployment.metadata,
    status: rollout.deployment.status,
  }
  rollout.maxTotal = 0
  rollout.run()
  assert.deepEqual(rollout.sizes(), [0, 4])
  assert.ok(rollout.maxTotal <= 4)
})

test('deployment: paused, it scales but rolls nothing out', () => {
  const rollout = new Rollout(deployment()).run()
  rollout.deployment = { ...rollout.deployment, spec: deployment({ paused: true, replicas: 6 }, 'web:2').spec }
  rollout.run()
  assert.deepEqual(rollout.sizes(), [6])
})

test('deployment: history beyond the limit is forgotten', () => {
  const rollout = new Rollout(deployment({ revisionHistoryLimit: 1 })).run()
  for (const image of ['web:2', 'web:3', 'web:4']) {
    const next = deployment({ revisionHistoryLimit: 1 }, image)
    rollout.deployment = { ...next, metadata: rollout.deployment.metadata, status: rollout.deployment.status }
    rollout.sets = rollout.sets.map((set) => ({ ...set }))
    rollout.run()
  }
  assert.deepEqual(rollout.sizes(), [0, 4])
})

test('deployment: without progress until the deadline it says so', () => {
  const rollout = new Rollout(deployment())
  rollout.isHealthy = false
  rollout.run()
  const late = { ms: now.ms + 601_000, text: '2026-01-01T00:10:01Z' }
  const { status } = planDeployment({ deployment: rollout.deployment, sets: rollout.sets, podsOf: () => [] }, late)
  const progress = status.conditions?.find(({ type }) => type === 'Progressing')
  assert.equal(`${progress?.status} ${progress?.reason}`, 'False ProgressDeadlineExceeded')
  assert.match(progress?.message ?? '', /^ReplicaSet "web-[a-z0-9]+" has timed out progressing\.$/)
})
