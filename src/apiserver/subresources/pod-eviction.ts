/** POST of `pods/eviction`: a delete that respects disruption budgets. */
import { rfc3339 } from '#base/env/clock'
import { Pod } from '#kinds/core/pod/pod.kind'
import { Eviction as evictionSchema } from '#kinds/policy/schema.gen'
import type { Eviction, PodDisruptionBudget } from '#kinds/policy/types.gen'
import type { Kind } from '#meta/kind'
import { matches, selectorOrNothing } from '#meta/labels'
import type { KubeObject } from '#meta/object'
import { DecodingError, decode } from '#meta/schema/decode'
import { badRequest, conflict, notFound, StatusError } from '#meta/status'
import type { Exchange } from '../exchange.ts'
import { valueAnswer } from '../registry/answers.ts'
import { changeObject } from '../registry/change.ts'
import { deleteKey } from '../registry/delete.ts'
import { ownersAfterUpdate, ownStatusWrite } from '../registry/field-owners.ts'
import type { Registry } from '../registry/registry.ts'
import { admissionOf } from '../registry/write-call.ts'
import type { DeleteOptions } from '../request/delete-options.ts'
import { readValue } from '../request/read-body.ts'
import type { ResourceHandler } from '../serve/dispatch-resource.ts'

export const evictPod: ResourceHandler = async (registry, exchange, kind) => {
  const { info, request } = exchange
  const eviction = decoded((await readValue(request, 'Eviction'))?.value)
  if (eviction.metadata.name !== info.name) throw badRequest('name in URL does not match name in Eviction object')
  const pod = registry.get(Pod, info.namespace, info.name)
  if (pod === undefined) throw notFound({ group: '', plural: 'pods' }, info.name)
  const options = deleteOptionsOf(eviction, request.query)
  const write = {
    operation: 'CREATE',
    subresource: 'eviction',
    object: eviction,
    old: undefined,
    isDryRun: options.isDryRun,
    options,
  } as const
  await registry.admission.validate(admissionOf(exchange, kind, write), exchange.signal)
  if (!needsNoBudget(pod)) await takeFromBudget(registry, exchange, pod, options.isDryRun)
  await markAsTarget(registry, exchange, kind, options)
  await deleteKey(registry, exchange, kind, registry.viewOf(kind).keyOf(info.namespace, info.name), options)
  return valueAnswer({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }, 201)
}

function decoded(value: unknown): Eviction {
  try {
    return decode<Eviction>(evictionSchema, value)
  } catch (error) {
    if (error instanceof DecodingError)
      throw badRequest(`Eviction in version "v1" cannot be handled as a Eviction: ${error.message}`, error)
    throw error
  }
}

function deleteOptionsOf({ deleteOptions = {} }: Eviction, query: URLSearchParams): DeleteOptions {
  const { gracePeriodSeconds, preconditions, propagationPolicy, orphanDependents, dryRun = [] } = deleteOptions
  const policy =
    propagationPolicy === 'Orphan' || propagationPolicy === 'Foreground' || propagationPolicy === 'Background'
      ? propagationPolicy
      : undefined
  return {
    gracePeriodSeconds,
    orphanDependents,
    propagationPolicy: policy,
    uid: preconditions?.uid,
    resourceVersion: preconditions?.resourceVersion,
    isDryRun: dryRun.length > 0 || query.getAll('dryRun').includes('All'),
    ignoresReadError: false,
  }
}

/** Tells in the pod's status why it goes. */
async function markAsTarget(registry: Registry, exchange: Exchange, kind: Kind, { uid, isDryRun }: DeleteOptions): Promise<void> {
  const nowMs = registry.clock.nowMs()
  await changeObject(registry, exchange, kind, registry.viewOf(kind).keyOf(exchange.info.namespace, exchange.info.name), {
    subresource: 'status',
    rules: {},
    isDryRun,
    options: undefined,
    next: (pod) => {
      if (uid !== undefined && uid !== pod.metadata.uid) throw otherPod(pod, uid)
      return withTarget(pod as Pod, nowMs)
    },
    confine: (next) => next,
  })
}

function otherPod({ metadata }: KubeObject, uid: string): StatusError {
  const why = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`
  return conflict({ group: '', plural: 'Pod' }, metadata.name ?? '', why)
}

function withTarget(pod: Pod, nowMs: number): KubeObject {
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== 'DisruptionTarget')
  const target = {
    type: 'DisruptionTarget',
    status: 'True',
    lastTransitionTime: rfc3339(nowMs),
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  }
  const next: Pod = { ...pod, status: { ...pod.status, conditions: [...others, target] } }
  return next
}

/** Pods that are over, have not begun, or are going already disrupt nothing by going. */
function needsNoBudget({ status, metadata }: Pod): boolean {
  const { phase } = status ?? {}
  return phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending' || metadata.deletionTimestamp !== undefined
}

async function takeFromBudget(registry: Registry, exchange: Exchange, pod: Pod, isDryRun: boolean): Promise<void> {
  const kind = registry.kinds.find('policy', 'v1', 'poddisruptionbudgets') as Kind<PodDisruptionBudget> | undefined
  if (kind === undefined) return
  const budgets = registry.list(kind, pod.metadata.namespace).filter((budget) => concerns(budget, pod))
  const [budget] = budgets
  if (budget === undefined) return
  if (budgets.length > 1) {
    throw new StatusError(500, '', 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.')
  }
  if (isUnhealthyAndFree(pod, budget)) return
  const view = registry.viewOf(kind as unknown as Kind)
  await changeObject(registry, exchange, kind as unknown as Kind, view.keyOf(budget.metadata.namespace, budget.metadata.name ?? ''), {
    subresource: 'status',
    rules: {},
    isDryRun,
    options: undefined,
    next: (current) => taken(current as unknown as PodDisruptionBudget, pod, registry.clock.nowMs()) as unknown as KubeObject,
    confine: (next) => next,
    // As upstream, whose budgets are written by the server itself, not by who evicts.
    owners: (states) => ownersAfterUpdate(ownStatusWrite(registry, kind as unknown as Kind), states),
  })
}

function concerns({ spec }: PodDisruptionBudget, pod: Pod): boolean {
  return spec?.selector !== undefined && matches(selectorOrNothing(spec.selector), pod.metadata.labels)
}

/** A pod that is not ready does not count as healthy: it may go if the budget is met without it, or always if the policy says so. */
function isUnhealthyAndFree(pod: Pod, { spec, status }: PodDisruptionBudget): boolean {
  const isReady = pod.status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true
  if (isReady) return false
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true
  return (status?.currentHealthy ?? 0) >= (status?.desiredHealthy ?? 0) && (status?.desiredHealthy ?? 0) > 0
}

function taken(budget: PodDisruptionBudget, pod: Pod, nowMs: number): PodDisruptionBudget {
  const { metadata, status } = budget
  if (status === undefined || (status.observedGeneration ?? 0) < (metadata.generation ?? 0)) {
    throw refused(`The disruption budget ${metadata.name} is still being processed by the server.`, 10)
  }
  const { disruptionsAllowed = 0 } = status
  if (disruptionsAllowed <= 0) {
    throw refused(denialOf(budget))
  }
  const disruptedPods = { ...status.disruptedPods, [pod.metadata.name ?? '']: rfc3339(nowMs) }
  const left: PodDisruptionBudget = { ...budget, status: { ...status, disruptionsAllowed: disruptionsAllowed - 1, disruptedPods } }
  return disruptionsAllowed > 1 ? left : withoutRoom(left, nowMs)
}

/** The last disruption that the budget allowed: its condition tells so at once. */
function withoutRoom(budget: PodDisruptionBudget, nowMs: number): PodDisruptionBudget {
  const type = 'DisruptionAllowed'
  const before = (budget.status?.conditions ?? []).find((condition) => condition.type === type)
  const others = (budget.status?.conditions ?? []).filter((condition) => condition.type !== type)
  const lastTransitionTime = before?.status === 'False' ? before.lastTransitionTime : rfc3339(nowMs)
  const { generation: observedGeneration } = budget.metadata
  const condition = { type, status: 'False', observedGeneration, lastTransitionTime, reason: 'InsufficientPods', message: '' }
  return { ...budget, status: { ...budget.status, conditions: [...others, condition] } }
}

function denialOf({ metadata, status }: PodDisruptionBudget): string {
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {}
  const isEnough = currentHealthy >= desiredHealthy
  if (isEnough) return `The disruption budget ${metadata.name} does not allow evicting pods currently`
  return `The disruption budget ${metadata.name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`
}

function refused(why: string, retryAfterSeconds?: number): StatusError {
  const wait = retryAfterSeconds === undefined ? {} : { retryAfterSeconds }
  return new StatusError(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
    causes: [{ reason: 'DisruptionBudget', message: why }],
    ...wait,
  })
}
