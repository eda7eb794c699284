/** Rolls a Deployment's template out: one ReplicaSet for each version, pods moving from the old ones to the new. */
import { nowRfc3339 } from '#base/env/clock'
import { claim } from '#domain/ownership'
import { isSameTemplate } from '#domain/pod-template'
import { Deployment } from '#kinds/apps/deployment.kind'
import { ReplicaSet } from '#kinds/apps/replica-set.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { isSameValue } from '#kinds/same-value'
import { formatSelector, selectorOrNothing } from '#meta/labels'
import { controllerOf, isBeingDeleted, keyOf, refOf, withMeta } from '#meta/object'
import { hasReason, ignoreNotFound, StatusError } from '#meta/status'
import { type Controller, type ControllerDeps, controllerUidIndex, done, indexOn, type Result, watching } from '#reconcile/controller'
import { keysOfTakers, ownerOf, settleClaims } from '../claims.ts'
import { isNamespaceTerminating } from '../namespace-terminating.ts'
import { type DeploymentPlan, planDeployment } from './plan.ts'
import { revisionAnnotation, sizeAnnotations, specReplicas } from './revisions.ts'
import type { Scaling } from './rolling-update.ts'
import { pauseConditions, progressing, setCondition } from './status.ts'

export const deploymentController: Controller<Deployment> = {
  name: 'deployment-controller',
  for: Deployment,
  owns: [ReplicaSet],
  watches: [
    watching(Pod, keysOfPod),
    watching(
      ReplicaSet,
      keysOfTakers(Deployment, ({ spec }) => selectorOrNothing(spec.selector)),
    ),
  ],
  indexes: [indexOn(Pod, controllerUidIndex, (pod) => [controllerOf(pod)?.uid ?? ''])],
  reconcile: reconcileDeployment,
}

async function reconcileDeployment(deps: ControllerDeps, deployment: Deployment, signal: AbortSignal): Promise<Result> {
  const selector = selectorOrNothing(deployment.spec.selector)
  if (formatSelector(selector) === '') {
    deps.events.event(deployment, 'Warning', 'SelectingAll', 'This deployment is selecting all pods. A non-empty selector is required.')
    return done
  }
  const now = { ms: deps.clock.nowMs(), text: nowRfc3339(deps.clock) }
  const claims = claim(deployment, selector, deps.cache(ReplicaSet).list(deployment.metadata.namespace))
  const sets = await settleClaims(deps, ReplicaSet, ownerOf(Deployment, deployment), claims, signal)
  const conditions = isBeingDeleted(deployment) ? undefined : pauseConditions(deployment, now)
  const seen = conditions === undefined ? deployment : { ...deployment, status: { ...deployment.status, conditions } }
  const podsOf = (set: ReplicaSet) => deps.cache(Pod).byIndex(controllerUidIndex, set.metadata.uid ?? '')
  const plan = planDeployment({ deployment: seen, sets, podsOf }, now)
  await carryOut(deps, deployment, plan, signal)
  return { afterMs: plan.checkAgainInMs }
}

async function carryOut(deps: ControllerDeps, deployment: Deployment, plan: DeploymentPlan, signal: AbortSignal): Promise<void> {
  const { client } = deps
  let current = deployment
  if (plan.create !== undefined) {
    const isCreated = await createSet(deps, deployment, plan.create, signal)
    if (!isCreated) return
  }
  if (plan.revision !== undefined) {
    const annotations = { ...deployment.metadata.annotations, [revisionAnnotation]: plan.revision }
    current = await client.update(Deployment, withMeta(deployment, { annotations }), {}, signal)
  }
  const annotated = plan.annotate === undefined ? undefined : await client.update(ReplicaSet, plan.annotate, {}, signal)
  for (const scaling of plan.scale) {
    const isAnnotated = annotated !== undefined && annotated.metadata.uid === scaling.set.metadata.uid
    await scaleSet(deps, deployment, isAnnotated ? { ...scaling, set: annotated } : scaling, signal)
  }
  for (const set of plan.forget) {
    const { uid, ...ref } = refOf(set)
    await ignoreNotFound(client.delete(ReplicaSet, ref, { uid }, signal))
  }
  if (!isSameValue(plan.status, deployment.status)) await client.updateStatus(Deployment, { ...current, status: plan.status }, signal)
}

/** False where the work has to start over: the name was taken, and the next one is tried under another. */
async function createSet(deps: ControllerDeps, deployment: Deployment, wanted: ReplicaSet, signal: AbortSignal): Promise<boolean> {
  const { client, events } = deps
  try {
    const set = await client.create(ReplicaSet, wanted, {}, signal)
    if (specReplicas(set) > 0)
      events.event(deployment, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${set.metadata.name} from 0 to ${specReplicas(set)}`)
    return true
  } catch (error) {
    if (hasReason(error, 'AlreadyExists')) return await resolveCollision(deps, deployment, wanted, signal)
    if (isNamespaceTerminating(error)) return false
    if (error instanceof StatusError) await tellFailure(deps, deployment, wanted, error, signal)
    throw error
  }
}

/** Our own set that the cache does not show yet is no collision; a stranger's is counted, so that the hash changes. */
async function resolveCollision(
  { client }: ControllerDeps,
  deployment: Deployment,
  wanted: ReplicaSet,
  signal: AbortSignal,
): Promise<boolean> {
  const { uid: _, ...ref } = refOf(wanted)
  const existing = await client.get(ReplicaSet, ref, signal)
  if (controllerOf(existing)?.uid === deployment.metadata.uid && isSameTemplate(existing.spec.template, deployment.spec.template))
    return true
  const status = { ...deployment.status, collisionCount: (deployment.status.collisionCount ?? 0) + 1 }
  await client.updateStatus(Deployment, { ...deployment, status }, signal)
  return false
}

async function tellFailure(
  { client, clock, events }: ControllerDeps,
  deployment: Deployment,
  wanted: ReplicaSet,
  error: StatusError,
  signal: AbortSignal,
): Promise<void> {
  const message = `Failed to create new replica set "${wanted.metadata.name}": ${error.message}`
  events.event(deployment, 'Warning', 'ReplicaSetCreateError', message)
  const now = { ms: clock.nowMs(), text: nowRfc3339(clock) }
  const conditions = setCondition(deployment.status.conditions, progressing('False', 'ReplicaSetCreateError', message, now))
  if (!isSameValue(conditions, deployment.status.conditions))
    await client.updateStatus(Deployment, { ...deployment, status: { ...deployment.status, conditions } }, signal)
}

async function scaleSet(
  { client, events }: ControllerDeps,
  deployment: Deployment,
  { set, replicas }: Scaling,
  signal: AbortSignal,
): Promise<void> {
  const before = specReplicas(set)
  const annotations = { ...set.metadata.annotations, ...sizeAnnotations(deployment) }
  if (before === replicas && isSameValue(annotations, set.metadata.annotations)) return
  await client.update(ReplicaSet, { ...withMeta(set, { annotations }), spec: { ...set.spec, replicas } }, {}, signal)
  if (before === replicas) return
  const direction = before < replicas ? 'up' : 'down'
  events.event(
    deployment,
    'Normal',
    'ScalingReplicaSet',
    `Scaled ${direction} replica set ${set.metadata.name} from ${before} to ${replicas}`,
  )
}

/** Recreate waits for the last old pod to go: only then a pod's end concerns its Deployment. */
function keysOfPod(pod: Pod, _old: Pod | undefined, { cache }: ControllerDeps): readonly string[] {
  const owner = controllerOf(pod)
  if (owner?.kind !== 'ReplicaSet') return []
  const set = cache(ReplicaSet).get(keyOf({ namespace: pod.metadata.namespace, name: owner.name }))
  const controller = set === undefined ? undefined : controllerOf(set)
  if (controller?.kind !== 'Deployment') return []
  const key = keyOf({ namespace: pod.metadata.namespace, name: controller.name })
  return cache(Deployment).get(key)?.spec.strategy?.type === 'Recreate' ? [key] : []
}
