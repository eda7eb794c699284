/** What an object counts for in quotas: resource name -> amount. Pure. */
import type { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import type { Pod } from '#kinds/core/pod/pod.kind'
import type { Service } from '#kinds/core/service.kind'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { type Amounts, podTotals } from './pod-totals.ts'
import { storageClassNameOf } from './volume-match.ts'

/** Kinds whose count has a short name besides `count/PLURAL`. */
const shortCounts: ReadonlySet<string> = new Set([
  'configmaps',
  'persistentvolumeclaims',
  'pods',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'services',
])

export function usageOf(kind: Kind, object: KubeObject): Amounts {
  const counts: Record<string, string> = { [`count/${kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`}`]: '1' }
  if (kind.group !== '') return counts
  if (shortCounts.has(kind.plural)) counts[kind.plural] = '1'
  // The registry has decoded the object as one of this kind.
  if (kind.plural === 'pods') return { ...counts, ...podUsage(object as Pod) }
  if (kind.plural === 'services') return { ...counts, ...serviceUsage(object as Service) }
  if (kind.plural === 'persistentvolumeclaims') return { ...counts, ...claimUsage(object as PersistentVolumeClaim) }
  return counts
}

/** `cpu` and `memory` are short for what is requested of them. */
const plainRequests: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage'])

function podUsage({ spec }: Pod): Amounts {
  const requests = Object.entries(podTotals(spec, 'requests'))
  const limits = Object.entries(podTotals(spec, 'limits'))
  return Object.fromEntries([
    ...requests.map(([resource, amount]) => [`requests.${resource}`, amount]),
    ...requests.filter(([resource]) => plainRequests.has(resource) || resource.startsWith('hugepages-')),
    ...limits.filter(([resource]) => plainRequests.has(resource)).map(([resource, amount]) => [`limits.${resource}`, amount]),
  ])
}

function serviceUsage({ spec }: Service): Amounts {
  const ports = spec.ports ?? []
  switch (spec.type) {
    case 'NodePort':
      return { 'services.nodeports': `${ports.length}` }
    case 'LoadBalancer': {
      const count = spec.allocateLoadBalancerNodePorts === false ? ports.filter(({ nodePort }) => nodePort).length : ports.length
      return { 'services.nodeports': `${count}`, 'services.loadbalancers': '1' }
    }
    default:
      return {}
  }
}

function claimUsage(claim: PersistentVolumeClaim): Amounts {
  const { spec, status } = claim
  const storageClass = storageClassNameOf(claim)
  const requested = spec.resources?.requests?.['storage']
  const storage = status?.allocatedResources?.['storage'] ?? requested
  const ofClass = `${storageClass}.storageclass.storage.k8s.io`
  return {
    ...(storage === undefined ? {} : { 'requests.storage': storage }),
    ...(storageClass === '' ? {} : { [`${ofClass}/persistentvolumeclaims`]: '1' }),
    ...(storageClass === '' || storage === undefined ? {} : { [`${ofClass}/requests.storage`]: storage }),
  }
}
