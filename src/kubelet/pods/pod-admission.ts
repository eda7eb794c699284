/** Whether this node takes a pod that was bound to it: the scheduler is not the only one who binds. */
import type { Node, Pod } from '#kinds/core/types.gen'
import { amountOf } from '../runtime/container-resources.ts'
import type { WaitingReason } from '../status/container-status.ts'
import { hasPortConflict } from './host-ports.ts'

export type PodAdmissionDeps = { readonly node: () => Node | undefined; readonly otherPods: (uid: string) => readonly Pod[] }

export class PodAdmission {
  readonly #deps: PodAdmissionDeps

  constructor(deps: PodAdmissionDeps) {
    this.#deps = deps
  }

  /** Undefined when the pod may run; otherwise what its status shall say. */
  refusalOf(pod: Pod): WaitingReason | undefined {
    const node = this.#deps.node()
    if (node === undefined) return undefined
    return systemRefusal(pod, node) ?? this.#resourceRefusal(pod, node) ?? selectorRefusal(pod, node) ?? this.#portRefusal(pod)
  }

  #portRefusal(pod: Pod): WaitingReason | undefined {
    if (!hasPortConflict(pod, this.#deps.otherPods(pod.metadata.uid ?? ''))) return undefined
    return {
      reason: 'NodePorts',
      message: `Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports`,
    }
  }

  /** Why a pod that runs here cannot have other resources: for ever, or until others leave room. */
  resizeObjectionTo(pod: Pod): WaitingReason | undefined {
    const node = this.#deps.node()
    if (node === undefined) return undefined
    for (const resource of ['cpu', 'memory']) {
      const requested = wholeUnits(resource, requestOf(pod, resource))
      const capacity = Math.floor(amountOf(node.status?.allocatable?.[resource]) * scaleOf(resource))
      const message = `Node didn't have enough capacity: ${resource}, requested: ${requested}, capacity: ${capacity}`
      if (requested > capacity) return { reason: 'Infeasible', message }
    }
    const refusal = this.#resourceRefusal(pod, node)
    return refusal && { reason: 'Deferred', message: refusal.message.replace('Pod was rejected: ', '') }
  }

  #resourceRefusal(pod: Pod, node: Node): WaitingReason | undefined {
    const others = this.#deps.otherPods(pod.metadata.uid ?? '')
    const allocatable = node.status?.allocatable ?? {}
    const podCountMax = amountOf(allocatable['pods'] ?? '110')
    if (others.length + 1 > podCountMax) {
      return {
        reason: 'OutOfpods',
        message: `Pod was rejected: Node didn't have enough resource: pods, requested: 1, used: ${others.length}, capacity: ${podCountMax}`,
      }
    }
    for (const resource of resourcesOf(pod)) {
      const wanted = wholeUnits(resource, requestOf(pod, resource))
      const used = wholeUnits(
        resource,
        others.reduce((sum, other) => sum + requestOf(other, resource), 0),
      )
      const capacity = Math.floor(amountOf(allocatable[resource]) * scaleOf(resource))
      if (wanted === 0 || used + wanted <= capacity) continue
      const message = `Pod was rejected: Node didn't have enough resource: ${resource}, requested: ${wanted}, used: ${used}, capacity: ${capacity}`
      return { reason: `OutOf${resource}`, message }
    }
    return undefined
  }
}

function systemRefusal({ spec }: Pod, { status }: Node): WaitingReason | undefined {
  const wanted = spec?.os?.name
  const own = status?.nodeInfo?.operatingSystem
  if (wanted === undefined || own === undefined || wanted === own) return undefined
  return { reason: 'PodOSNotSupported', message: `Pod was rejected: Failed to admit pod as the OS field doesn't match node OS` }
}

function selectorRefusal(pod: Pod, node: Node): WaitingReason | undefined {
  const labels = node.metadata.labels ?? {}
  const isFit = Object.entries(pod.spec?.nodeSelector ?? {}).every(([key, value]) => labels[key] === value)
  return isFit
    ? undefined
    : {
        reason: 'NodeAffinity',
        message: `Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector`,
      }
}

/** CPU is counted in thousandths. */
function scaleOf(resource: string): number {
  return resource === 'cpu' ? 1000 : 1
}

function wholeUnits(resource: string, amount: number): number {
  return Math.ceil(amount * scaleOf(resource))
}

function resourcesOf(pod: Pod): readonly string[] {
  return [...new Set((pod.spec?.containers ?? []).flatMap((container) => Object.keys(container.resources?.requests ?? {})))]
}

function requestOf(pod: Pod, resource: string): number {
  return (pod.spec?.containers ?? []).reduce((sum, container) => sum + amountOf(container.resources?.requests?.[resource]), 0)
}
