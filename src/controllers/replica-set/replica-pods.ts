/** Carries out a replica plan: creates and deletes pods, and tells about it. Used by ReplicaSet and ReplicationController. */
import { podFromTemplate } from '#domain/pod-template'
import type { PodTemplateSpec } from '#kinds/core/types.gen'
import type { ControllerDeps } from '#reconcile/controller'
import type { Owner } from '../claims.ts'
import { isNamespaceTerminating } from '../namespace-terminating.ts'
import { createPod, deletePod, messageOf } from '../owned-pods.ts'
import { slowStart } from '../slow-start.ts'
import type { ReplicaFailure, ReplicaPlan } from './plan.ts'

export type ReplicaOwner = Owner & { readonly template: PodTemplateSpec }

/** The failure goes into the status; `error` makes the key be tried again. */
export type ReplicaOutcome = { readonly failure?: ReplicaFailure; readonly error?: unknown }

export async function carryOut(deps: ControllerDeps, owner: ReplicaOwner, plan: ReplicaPlan, signal: AbortSignal): Promise<ReplicaOutcome> {
  const { name = '', namespace } = owner.object.metadata
  const wanted = podFromTemplate(owner.template, namespace, `${name}-`, owner.reference)
  const created = await slowStart(plan.createCount, () => createPod(deps, owner, wanted, signal))
  if (created.error !== undefined) {
    if (isNamespaceTerminating(created.error)) return {}
    return { failure: { reason: 'FailedCreate', message: messageOf(created.error) }, error: created.error }
  }
  const deleted = await Promise.allSettled(plan.deletes.map((pod) => deletePod(deps, owner, pod, signal)))
  const failed = deleted.find((result) => result.status === 'rejected')
  return failed === undefined ? {} : { failure: { reason: 'FailedDelete', message: messageOf(failed.reason) }, error: failed.reason }
}
