/** Defaults of pods and of the pod templates in other kinds, as upstream's SetDefaults_Pod and SetDefaults_PodSpec. */
import type { Pod, PodSpec, PodTemplateSpec, ResourceRequirements } from '../types.gen.ts'
import { defaultContainer, withHostPorts } from './container-defaults.ts'
import { containerTotals } from './container-totals.ts'
import { type ResourceList, roundedRequirements, roundedResourceList, withRequestsFromLimits } from './resource-list.ts'
import { defaultVolume } from './volume-defaults.ts'

export function defaultPod(pod: Pod): Pod {
  const spec = defaultPodSpec(pod.spec)
  return {
    ...pod,
    spec: { enableServiceLinks: true, ...withRequests(spec.hostNetwork === true ? onNodeNetwork(spec) : spec), ...graceOf(spec) },
    status: withSamePodIPs(pod.status),
  }
}

/** As upstream: a negative grace, which old clients could store, means one second. */
function graceOf({ terminationGracePeriodSeconds = 0 }: PodSpec): Partial<PodSpec> {
  return terminationGracePeriodSeconds < 0 ? { terminationGracePeriodSeconds: 1 } : {}
}

/** A template gets what any pod gets, except for what is settled when a pod is made from it. */
export function defaultPodTemplate(template: PodTemplateSpec): PodTemplateSpec {
  return template.spec === undefined ? template : { ...template, spec: defaultPodSpec(template.spec) }
}

function defaultPodSpec(spec: PodSpec): PodSpec {
  const complete: PodSpec = {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
    ...spec,
    ...serviceAccountOf(spec),
  }
  return {
    ...complete,
    ...mapped('volumes', spec.volumes, defaultVolume),
    ...mapped('containers', spec.containers, defaultContainer),
    ...mapped('initContainers', spec.initContainers, defaultContainer),
    ...mapped('ephemeralContainers', spec.ephemeralContainers, defaultContainer),
    ...(spec.overhead === undefined ? {} : { overhead: roundedResourceList(spec.overhead) }),
    ...(spec.resources === undefined ? {} : { resources: roundedRequirements(spec.resources) }),
  }
}

/** `serviceAccount` is the old name of `serviceAccountName`; both are written. */
function serviceAccountOf({ serviceAccount, serviceAccountName = serviceAccount }: PodSpec): Partial<PodSpec> {
  return serviceAccountName === undefined ? {} : { serviceAccountName, serviceAccount: serviceAccountName }
}

function onNodeNetwork(spec: PodSpec): PodSpec {
  return {
    ...spec,
    ...mapped('containers', spec.containers, withHostPorts),
    ...mapped('initContainers', spec.initContainers, withHostPorts),
  }
}

function withRequests(spec: PodSpec): PodSpec {
  const complete = <C extends { readonly resources?: ResourceRequirements }>(container: C): C => ({
    ...container,
    resources: withRequestsFromLimits(container.resources ?? {}),
  })
  const whole = { ...spec, ...mapped('containers', spec.containers, complete), ...mapped('initContainers', spec.initContainers, complete) }
  return spec.resources === undefined ? whole : { ...whole, resources: resourcesOfPod(whole, spec.resources) }
}

const hugePagesPrefix = 'hugepages-'

/**
 * As upstream: a pod with limits as a whole asks for what its containers ask for, or else for its limits; huge pages are limited to what is
 * asked for.
 */
function resourcesOfPod(spec: PodSpec, { limits, requests, ...rest }: ResourceRequirements): ResourceRequirements {
  const bounded = { ...pick(containerTotals(spec, 'limits'), (name) => name.startsWith(hugePagesPrefix)), ...limits }
  const hasLimits = Object.keys(limits ?? {}).length > 0
  const isSettled = (name: string) => name.startsWith(hugePagesPrefix) && limits?.[name] !== undefined
  const wanted = pick(containerTotals(spec, 'requests'), (name) => isOfPods(name) && !isSettled(name))
  const given = hasLimits ? { ...pick(bounded, isOfPods), ...wanted, ...requests } : requests
  return {
    ...rest,
    ...(limits === undefined && Object.keys(bounded).length === 0 ? {} : { limits: bounded }),
    ...(given === undefined ? {} : { requests: given }),
  }
}

function pick(amounts: ResourceList, matches: (name: string) => boolean): ResourceList {
  return Object.fromEntries(Object.entries(amounts).filter(([name]) => matches(name)))
}

function isOfPods(name: string): boolean {
  return name === 'cpu' || name === 'memory' || name.startsWith(hugePagesPrefix)
}

/** As upstream's conversion: `podIP` and the first of `podIPs` are one. */
function withSamePodIPs(status: Pod['status']): Pod['status'] {
  const { podIP, podIPs } = status
  if (podIP !== undefined && podIPs?.[0]?.ip !== podIP) return { ...status, podIPs: [{ ip: podIP }] }
  if (podIP === undefined && podIPs?.[0] !== undefined) return { ...status, podIP: podIPs[0].ip }
  return status
}

function mapped<K extends keyof PodSpec, T>(
  field: K,
  list: readonly T[] | undefined,
  change: (entry: T) => T,
): Partial<Record<K, readonly T[]>> {
  const changes: Partial<Record<K, readonly T[]>> = {}
  if (list !== undefined && list !== null) changes[field] = list.map(change)
  return changes
}
