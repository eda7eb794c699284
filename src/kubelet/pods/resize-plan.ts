/** Other resources for containers that run: what the node has granted, and what that means for each of them. Pure. */
import type { Container, Pod, ResourceRequirements } from '#kinds/core/types.gen'

/** The resources that a node has granted to a pod's containers, by name. Requests of a pod that is new are granted with it. */
export type Granted = ReadonlyMap<string, ResourceRequirements>

type ContainerChange = 'none' | 'update' | 'restart'

export function requestedBy(pod: Pod): Granted {
  return new Map(resizable(pod).map((container) => [container.name, container.resources ?? {}]))
}

/** After a restart of the kubelet: a container that was started has what its status says. */
export function grantedBefore(pod: Pod): Granted {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {}
  const started = [...containerStatuses, ...initContainerStatuses].filter(({ containerID = '' }) => containerID !== '')
  const known = started.flatMap(({ name, resources }) => (resources === undefined ? [] : [[name, resources] as const]))
  return new Map([...requestedBy(pod), ...known])
}

/** The pod as this node runs it. */
export function withGranted(pod: Pod, granted: Granted): Pod {
  const sized = (container: Container): Container => {
    const resources = granted.get(container.name)
    return resources === undefined || resources === container.resources ? container : { ...container, resources }
  }
  const { containers = [], initContainers } = pod.spec ?? {}
  const spec = { ...pod.spec, containers: containers.map(sized), ...(initContainers && { initContainers: initContainers.map(sized) }) }
  return { ...pod, spec }
}

export function isGranted(pod: Pod, granted: Granted): boolean {
  return resizable(pod).every(({ name, resources }) => isSame(resources ?? {}, granted.get(name) ?? {}))
}

/** As upstream: a request for memory is a matter of accounting, the others the kernel has to know. */
export function changeOf(container: Container, applied: ResourceRequirements): ContainerChange {
  const { limits, requests } = container.resources ?? {}
  const changed = [
    ...(limits?.['cpu'] !== applied.limits?.['cpu'] || requests?.['cpu'] !== applied.requests?.['cpu'] ? ['cpu'] : []),
    ...(limits?.['memory'] !== applied.limits?.['memory'] ? ['memory'] : []),
  ]
  const restarts = (container.resizePolicy ?? []).filter(({ restartPolicy }) => restartPolicy === 'RestartContainer')
  if (changed.some((resource) => restarts.some(({ resourceName }) => resourceName === resource))) return 'restart'
  return isSame(container.resources ?? {}, applied) ? 'none' : 'update'
}

/** The pod with the larger of both figures everywhere: its cgroup must hold the old and the new while they change. */
export function largestOf(pod: Pod, other: Granted, amountOf: (quantity: string | undefined) => number): Pod {
  const merged = resizable(pod).map(({ name, resources = {} }) => {
    const before = other.get(name) ?? {}
    const larger = (side: 'limits' | 'requests', resource: string) => {
      const [one, two] = [resources[side]?.[resource], before[side]?.[resource]]
      // Without a limit there is none in the end or in the beginning.
      if (one === undefined || two === undefined) return side === 'limits' ? undefined : (one ?? two)
      return amountOf(one) >= amountOf(two) ? one : two
    }
    const listOf = (side: 'limits' | 'requests') =>
      Object.fromEntries(['cpu', 'memory'].flatMap((resource) => [[resource, larger(side, resource)]]).filter(([, value]) => value))
    return [name, { limits: listOf('limits'), requests: listOf('requests') }] as const
  })
  return withGranted(pod, new Map(merged))
}

/** Containers whose resources may change while they run: init containers only where they stay. */
export function resizable(pod: Pod): readonly Container[] {
  const sidecars = (pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')
  return [...(pod.spec?.containers ?? []), ...sidecars]
}

function isSame(one: ResourceRequirements, other: ResourceRequirements): boolean {
  return (['limits', 'requests'] as const).every((side) =>
    ['cpu', 'memory'].every((resource) => one[side]?.[resource] === other[side]?.[resource]),
  )
}
