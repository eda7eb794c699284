/** Nodes with rare devices are tainted with the name of the resource: a pod that asks for one tolerates that. */
import { Pod } from '#kinds/core/pod/pod.kind'
import type { Toleration } from '#kinds/core/types.gen'
import { isQualifiedName } from '#meta/names'
import { definePlugin } from './plugin.ts'

export const extendedResourceToleration = definePlugin<Pod>({
  name: 'ExtendedResourceToleration',
  kinds: [Pod],
  operations: ['CREATE', 'UPDATE'],
  mutate({ object: pod }) {
    const { initContainers = [], containers, tolerations = [] } = pod.spec
    const asked = [...containers, ...initContainers].flatMap(({ resources }) => Object.keys(resources?.requests ?? {}))
    const keys = [...new Set(asked.filter(isExtendedResource))].sort()
    const missing = keys.filter((key) => !tolerations.some((toleration) => isFor(toleration, key)))
    if (missing.length === 0) return pod
    const added = missing.map((key) => ({ key, operator: 'Exists', effect: 'NoSchedule' }))
    return { ...pod, spec: { ...pod.spec, tolerations: [...tolerations, ...added] } }
  },
})

function isFor({ key, operator, effect, value = '' }: Toleration, wanted: string): boolean {
  return key === wanted && operator === 'Exists' && effect === 'NoSchedule' && value === ''
}

/** A resource of somebody's own domain: upstream's own ones are no extension. */
function isExtendedResource(name: string): boolean {
  const isNative = !name.includes('/') || name.includes('kubernetes.io/')
  return !isNative && !name.startsWith('requests.') && isQualifiedName(`requests.${name}`).length === 0
}
