/** Finds the pod, container and record that a request's path names. */
import type { Informer } from '#client/informer'
import type { ContainerStatus, Pod } from '#kinds/core/types.gen'
import { containerOf } from '../pods/pod-terminator.ts'
import { type ContainerRecord, newestOf, type PodRecord, previousOf, type SandboxRecord } from '../runtime/records.ts'
import { HttpProblem } from './http-problem.ts'
import type { Params } from './route.ts'

export type PodLookup = { readonly pods: Informer<Pod>; readonly recordOf: (podUid: string) => PodRecord | undefined }

function podOf({ pods }: PodLookup, { namespace = '', pod: name = '', uid }: Params): Pod {
  const pod = pods.get(`${namespace}/${name}`)
  if (pod === undefined || (uid !== undefined && pod.metadata.uid !== uid)) throw new HttpProblem(404, 'pod does not exist')
  return pod
}

/** The container as it runs now: for exec, attach and the like. */
export function runningContainerOf(lookup: PodLookup, params: Params): ContainerRecord {
  const { container: name = '' } = params
  const record = lookup.recordOf(podOf(lookup, params).metadata.uid ?? '')
  const container = record === undefined ? undefined : newestOf(record, name)
  if (container?.state !== 'running') throw new HttpProblem(500, `container not found (${JSON.stringify(name)})`)
  return container
}

export function readySandboxOf(lookup: PodLookup, params: Params): SandboxRecord {
  const pod = podOf(lookup, params)
  const sandbox = lookup.recordOf(pod.metadata.uid ?? '')?.sandboxes.find((one) => one.isReady)
  if (sandbox === undefined)
    throw new HttpProblem(500, `pod not found (${JSON.stringify(`${pod.metadata.name}_${pod.metadata.namespace}`)})`)
  return sandbox
}

/** The container whose log is asked for. Refuses in upstream's words where there is no log. */
export function loggedContainerOf(lookup: PodLookup, params: Params, isPrevious: boolean): ContainerRecord {
  const { container: name = '' } = params
  const pod = podOf(lookup, params)
  if (containerOf(pod, name) === undefined)
    throw new HttpProblem(404, `container ${JSON.stringify(name)} not found in pod ${JSON.stringify(pod.metadata.name)}`)
  const record = lookup.recordOf(pod.metadata.uid ?? '')
  const newest = record === undefined ? undefined : newestOf(record, name)
  const status = statusOf(pod, name)
  const what = `container ${JSON.stringify(name)} in pod ${JSON.stringify(pod.metadata.name)}`
  if (isPrevious) {
    // Between two runs the newest one is the one before.
    const isBetween = newest?.state === 'exited' && status?.state?.waiting !== undefined
    const previous = record === undefined ? undefined : isBetween ? newest : previousOf(record, name)
    if (previous === undefined) throw new HttpProblem(400, `previous terminated ${what} not found`)
    return previous
  }
  if (newest === undefined || newest.state === 'created') throw new HttpProblem(400, waitingText(what, status))
  return newest
}

function waitingText(what: string, status: ContainerStatus | undefined): string {
  const reason = status?.state?.waiting?.reason
  if (status === undefined) return `${what} is not available`
  if (reason === 'ErrImagePull') return `${what} is waiting to start: image can't be pulled`
  if (reason === 'ImagePullBackOff') return `${what} is waiting to start: trying and failing to pull image`
  return reason === undefined ? `${what} is waiting to start - no logs yet` : `${what} is waiting to start: ${reason}`
}

function statusOf({ status }: Pod, name: string): ContainerStatus | undefined {
  const all = [
    ...(status?.containerStatuses ?? []),
    ...(status?.initContainerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ]
  return all.find((one) => one.name === name)
}
