/**
 * The probes of this node's pods. A container's probes live as long as it runs; readiness and liveness wait until
 * startup has succeeded.
 */
import type { Env } from '#base/env/env'
import type { Container, Pod, Probe } from '#kinds/core/types.gen'
import type { EventRecorder } from '#reconcile/event-recorder'
import { isSidecar, type ProbeVerdict, type ProbeVerdicts } from '../pods/plan.ts'
import type { PodRuntime } from '../runtime/pod-runtime.ts'
import { type ContainerRecord, newestOf, type PodRecord } from '../runtime/records.ts'
import type { ProbeCounts } from './probe-counts.ts'
import { ProbeLoop } from './probe-loop.ts'
import type { ProbeOutcome, ProbeTarget } from './probe-outcome.ts'
import type { Probes } from './probes.ts'
import { tryProbe } from './try-probe.ts'
import type { ProbeType } from './verdict-counter.ts'

export type ProbesDeps = Env & {
  readonly runtime: Pick<PodRuntime, 'exec'>
  readonly events: EventRecorder
  /** A verdict about this pod has changed. */
  readonly onChange: (podUid: string) => void
  /** For `/metrics/probes`. */
  readonly counts?: ProbeCounts
}

/** Disposing it ends all probing; what runs goes on. */
export function createProbes(deps: ProbesDeps): Probes & Disposable {
  return new NodeProbes(deps)
}

type ProbedContainer = {
  readonly containerId: string
  readonly loops: Map<ProbeType, ProbeLoop>
  readonly probed: ReadonlySet<ProbeType>
  isEnded: boolean
}
type ProbedPod = { pod: Pod; record: PodRecord; readonly containers: Map<string, ProbedContainer>; isStopping: boolean }

class NodeProbes implements Probes, Disposable {
  readonly #deps: ProbesDeps
  readonly #pods = new Map<string, ProbedPod>()

  constructor(deps: ProbesDeps) {
    this.#deps = deps
  }

  sync(pod: Pod, record: PodRecord): void {
    const uid = pod.metadata.uid ?? ''
    const probed: ProbedPod = this.#pods.get(uid) ?? { pod, record, containers: new Map(), isStopping: false }
    probed.pod = pod
    probed.record = record
    this.#pods.set(uid, probed)
    for (const container of probeableContainers(pod)) this.#syncContainer(uid, probed, container)
  }

  verdicts(podUid: string, container: string): ProbeVerdicts {
    const probed = this.#pods.get(podUid)
    const known = probed?.containers.get(container)
    const verdictOf = (type: ProbeType, unasked: ProbeVerdict, untried: ProbeVerdict): ProbeVerdict => {
      if (known === undefined) return probed !== undefined && probeOf(probed.pod, container, type) !== undefined ? untried : unasked
      return known.loops.get(type)?.verdict ?? (known.probed.has(type) ? untried : unasked)
    }
    return {
      startup: verdictOf('startup', 'success', 'unknown'),
      readiness: verdictOf('readiness', 'success', 'failure'),
      liveness: verdictOf('liveness', 'success', 'success'),
    }
  }

  stopLiveness(podUid: string): void {
    const probed = this.#pods.get(podUid)
    if (probed === undefined) return
    probed.isStopping = true
    for (const { loops } of probed.containers.values())
      for (const type of ['liveness', 'startup'] as const) loops.get(type)?.[Symbol.dispose]()
  }

  forget(podUid: string): void {
    for (const container of this.#pods.get(podUid)?.containers.values() ?? []) endAll(container)
    this.#pods.delete(podUid)
    this.#deps.counts?.forget(podUid)
  }

  [Symbol.dispose](): void {
    for (const uid of this.#pods.keys()) this.forget(uid)
  }

  #syncContainer(uid: string, probed: ProbedPod, container: Container): void {
    const running = newestOf(probed.record, container.name)
    const known = probed.containers.get(container.name)
    // The verdicts about one that has ended stay until the next one runs.
    if (running?.state !== 'running') return known === undefined ? undefined : endAll(known)
    if (known === undefined || known.isEnded || known.containerId !== running.id) {
      if (known !== undefined) endAll(known)
      const types = (['startup', 'readiness', 'liveness'] as const).filter((type) => probeIn(container, type) !== undefined)
      probed.containers.set(container.name, { containerId: running.id, loops: new Map(), probed: new Set(types), isEnded: false })
    }
    this.#startLoops(uid, probed, container, running)
  }

  #startLoops(uid: string, probed: ProbedPod, container: Container, running: ContainerRecord): void {
    const { loops = new Map<ProbeType, ProbeLoop>() } = probed.containers.get(container.name) ?? {}
    const start = (type: ProbeType) => {
      const probe = probeIn(container, type)
      if (probe === undefined || loops.has(type) || (probed.isStopping && type !== 'readiness')) return
      loops.set(type, this.#loopOf(uid, probed, container, running, type, probe))
    }
    start('startup')
    const startup = loops.get('startup')
    if (startup !== undefined && startup.verdict !== 'success') return
    start('readiness')
    start('liveness')
  }

  #loopOf(uid: string, probed: ProbedPod, container: Container, running: ContainerRecord, type: ProbeType, probe: Probe): ProbeLoop {
    const { clock, runtime, onChange, counts } = this.#deps
    const attempt = async () => {
      const target: ProbeTarget = { containerId: running.id, host: hostOf(probed.pod, probed.record) }
      const outcome = await tryProbe(probe, container, target, { clock, runtime })
      counts?.add({ type, container: container.name, pod: probed.pod }, outcome.result)
      return outcome
    }
    const onVerdict = () => {
      if (type === 'startup') this.#syncContainer(uid, probed, container)
      onChange(uid)
    }
    const options = { type, probe, startedAtMs: running.startedAtMs, remembered: rememberedVerdict(probed.pod, running, type) }
    return new ProbeLoop(options, { clock, attempt, tell: (outcome) => this.#tell(probed.pod, container, type, outcome), onVerdict })
  }

  #tell(pod: Pod, container: Container, type: ProbeType, outcome: ProbeOutcome): void {
    if (outcome.result === 'success') return
    const isInit = pod.spec?.initContainers?.some(({ name }) => name === container.name) ?? false
    const fieldPath = `spec.${isInit ? 'initContainers' : 'containers'}{${container.name}}`
    const name = `${type.charAt(0).toUpperCase()}${type.slice(1)} probe`
    const { message } = outcome
    const { events } = this.#deps
    if (outcome.result === 'warning') events.event(pod, 'Warning', 'ProbeWarning', `${name} warning: ${message}`, { fieldPath })
    else if (outcome.result === 'failure') events.event(pod, 'Warning', 'Unhealthy', `${name} failed: ${message}`, { fieldPath })
    else events.event(pod, 'Warning', 'Unhealthy', `${name} errored and resulted in unknown state: ${message}`, { fieldPath })
  }
}

/** What was found out about it stays. */
function endAll(container: ProbedContainer): void {
  container.isEnded = true
  for (const loop of container.loops.values()) loop[Symbol.dispose]()
}

/** Main containers and sidecars: the others only have to end. */
function probeableContainers(pod: Pod): readonly Container[] {
  return [...(pod.spec?.initContainers ?? []).filter(isSidecar), ...(pod.spec?.containers ?? [])]
}

function probeIn(container: Container, type: ProbeType): Probe | undefined {
  switch (type) {
    case 'startup':
      return container.startupProbe
    case 'readiness':
      return container.readinessProbe
    case 'liveness':
      return container.livenessProbe
  }
}

function probeOf(pod: Pod, name: string, type: ProbeType): Probe | undefined {
  const container = probeableContainers(pod).find((one) => one.name === name)
  return container === undefined ? undefined : probeIn(container, type)
}

function hostOf(pod: Pod, record: PodRecord): string {
  const own = pod.spec?.hostNetwork ? undefined : record.sandboxes[0]?.ips[0]
  return own ?? pod.status?.podIP ?? pod.status?.hostIP ?? '127.0.0.1'
}

/** A kubelet that was restarted must not take a container for unready that it has called ready before. */
function rememberedVerdict(pod: Pod, running: ContainerRecord, type: ProbeType): ProbeVerdict | undefined {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  const status = statuses.find(({ containerID }) => containerID?.endsWith(`//${running.id}`))
  if (type === 'readiness' && status?.ready) return 'success'
  return type === 'startup' && status?.started ? 'success' : undefined
}
