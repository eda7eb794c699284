/** Which pods belong with a pod, as its Services and its ReplicaSet say. */
import type { Lister } from '#client/informer'
import type { ReplicaSet } from '#kinds/apps/replica-set.kind'
import type { Service } from '#kinds/core/service.kind'
import { matches, type Selector, selectorOfMap, selectorOrNothing } from '#meta/labels'
import { controllerOf } from '#meta/object'
import type { PodFacts } from './framework/pod-facts.ts'

export type WorkloadListers = { readonly services: Lister<Service>; readonly replicaSets: Lister<ReplicaSet> }

/** All selectors together, as upstream's DefaultSelector; undefined where the pod belongs to nothing. */
export function workloadSelector({ services, replicaSets }: WorkloadListers, { pod, namespace, labels }: PodFacts): Selector | undefined {
  const ofServices = services
    .list(namespace)
    .flatMap(({ spec }) => (Object.keys(spec?.selector ?? {}).length === 0 ? [] : [selectorOfMap(spec?.selector)]))
    .filter((selector) => matches(selector, labels))
  const owner = controllerOf(pod)
  const set = owner?.kind === 'ReplicaSet' ? replicaSets.get(`${namespace}/${owner.name}`) : undefined
  const ofOwner = set === undefined ? [] : selectorOrNothing(set.spec?.selector)
  const all = [...ofServices.flat(), ...ofOwner]
  return all.length === 0 ? undefined : all
}
