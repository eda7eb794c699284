/** Limit ranges: what a container gets that asks for nothing, and how much one object may ask for. */

import { type Amounts, podTotals } from '#domain/pod-totals'
import { LimitRange } from '#kinds/core/limit-range.kind'
import { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import type { Container, LimitRangeItem } from '#kinds/core/types.gen'
import { withMeta } from '#meta/object'
import type { StateReader } from '../exchange.ts'
import { breaches } from './limit-range-bounds.ts'
import { type Admission, type AdmissionPlugin, definePlugin, refusal } from './plugin.ts'

export const limitRanger: readonly [AdmissionPlugin, AdmissionPlugin] = [
  definePlugin<Pod>({
    name: 'LimitRanger',
    kinds: [Pod],
    operations: ['CREATE'],
    mutate: ({ object, namespace }, { state }) => state.list(LimitRange, namespace).reduce(withDefaults, object),
    validate: (admission, { state }) => refuse(admission, podBreaches(admission.object, itemsIn(state, admission.namespace))),
  }),
  definePlugin<PersistentVolumeClaim>({
    name: 'LimitRanger',
    kinds: [PersistentVolumeClaim],
    operations: ['CREATE', 'UPDATE'],
    validate: (admission, { state }) => refuse(admission, claimBreaches(admission.object, itemsIn(state, admission.namespace))),
  }),
]

const annotation = 'kubernetes.io/limit-ranger'

/** The pod with what its containers do not say, and an annotation that tells of it. */
function withDefaults(pod: Pod, range: LimitRange): Pod {
  const [limits, requests] = [defaultsOf(range, 'default'), defaultsOf(range, 'defaultRequest')]
  const told: string[] = []
  const filled = (sort: string) => (container: Container) => {
    const [newRequests, newLimits] = [missing(requests, container.resources?.requests), missing(limits, container.resources?.limits)]
    if (newRequests.length > 0) told.push(`${newRequests.join(', ')} request for ${sort} ${container.name}`)
    if (newLimits.length > 0) told.push(`${newLimits.join(', ')} limit for ${sort} ${container.name}`)
    if (newRequests.length + newLimits.length === 0) return container
    const resources = {
      ...container.resources,
      ...(newLimits.length === 0 ? {} : { limits: { ...limits, ...container.resources?.limits } }),
      ...(newRequests.length === 0 ? {} : { requests: { ...requests, ...container.resources?.requests } }),
    }
    return { ...container, resources }
  }
  const containers = pod.spec.containers.map(filled('container'))
  const initContainers = pod.spec.initContainers?.map(filled('init container'))
  if (told.length === 0) return pod
  const spec = { ...pod.spec, containers, ...(initContainers === undefined ? {} : { initContainers }) }
  const annotations = { ...pod.metadata.annotations, [annotation]: `LimitRanger plugin set: ${told.join('; ')}` }
  return withMeta({ ...pod, spec }, { annotations })
}

function missing(defaults: Amounts, given: Amounts = {}): readonly string[] {
  return Object.keys(defaults)
    .filter((resource) => given[resource] === undefined)
    .sort()
}

function defaultsOf({ spec }: LimitRange, field: 'default' | 'defaultRequest'): Amounts {
  const items = (spec?.limits ?? []).filter((item) => item.type === 'Container')
  return Object.assign({}, ...items.map((item) => item[field] ?? {}))
}

function itemsIn(state: StateReader, namespace: string): readonly LimitRangeItem[] {
  return state.list(LimitRange, namespace).flatMap(({ spec }) => spec?.limits ?? [])
}

function podBreaches({ spec }: Pod, items: readonly LimitRangeItem[]): readonly string[] {
  return items.flatMap((item) => {
    if (item.type === 'Container')
      return spec.containers.flatMap(({ resources = {} }) => breaches(item, resources.requests ?? {}, resources.limits ?? {}))
    if (item.type === 'Pod') return breaches(item, podTotals(spec, 'requests'), podTotals(spec, 'limits'))
    return []
  })
}

/** Claims have no limits: both bounds hold for what they request. */
function claimBreaches({ spec }: PersistentVolumeClaim, items: readonly LimitRangeItem[]): readonly string[] {
  const requests = spec.resources?.requests ?? {}
  return items.filter((item) => item.type === 'PersistentVolumeClaim').flatMap((item) => breaches(item, requests, undefined))
}

function refuse<T extends Pod | PersistentVolumeClaim>(admission: Admission<T>, found: readonly string[]): void {
  const distinct = [...new Set(found)]
  if (distinct.length > 0) throw refusal(admission, distinct.length === 1 ? (distinct[0] ?? '') : `[${distinct.join(', ')}]`)
}
