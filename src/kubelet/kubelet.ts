/**
 * The node's agent, put together: pods of this node come from the API server, what runs comes from the runtime, and
 * the pod workers make the second like the first. Holds no state of its own that a restart would miss.
 */
import { mkdir } from 'node:fs/promises'
import type { Env } from '#base/env/env'
import type { Client } from '#client/client'
import { Informers } from '#client/informers'
import { Node } from '#kinds/core/node.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { Service } from '#kinds/core/service.kind'
import type { Taint } from '#kinds/core/types.gen'
import type { CriClient } from '#net/cri/client'
import { ApiEventRecorder } from '#reconcile/api-event-recorder'
import { createPodCgroups } from './cgroups/create-pod-cgroups.ts'
import { EvictionWatch } from './eviction/eviction-watch.ts'
import { ImagePuller } from './images/image-puller.ts'
import { type LogFile, rotateLogs, rotationLimitsDefault } from './logs/rotate-logs.ts'
import { type Machine, readMachine } from './node/machine.ts'
import type { NodeFacts } from './node/node-object.ts'
import { NodeReporter } from './node/node-reporter.ts'
import { runtimeProblemOf } from './node/runtime-health.ts'
import { Hooks } from './pods/hooks.ts'
import { PodAdmission } from './pods/pod-admission.ts'
import { PodResizer } from './pods/pod-resizer.ts'
import { PodStarter } from './pods/pod-starter.ts'
import { PodTerminator } from './pods/pod-terminator.ts'
import { PodWorkers } from './pods/pod-workers.ts'
import { createProbes } from './probes/create-probes.ts'
import { ProbeCounts } from './probes/probe-counts.ts'
import { ObjectWatcher } from './references/object-watcher.ts'
import { PodRuntime } from './runtime/pod-runtime.ts'
import { followRuntime } from './runtime/runtime-events.ts'
import type { DnsFacts } from './runtime/sandbox-config.ts'
import { startKubeletServer } from './server/kubelet-server.ts'
import { UsageReader } from './stats/usage-reader.ts'
import { StatusWriter } from './status/status-writer.ts'
import { createVolumes } from './volumes/create-volumes.ts'

export type KubeletOptions = {
  readonly nodeName: string
  readonly addresses: readonly string[]
  /** Where pods' files go: upstream's `--root-dir`. */
  readonly rootDir: string
  readonly podLogsDir: string
  readonly cgroupRoot: string
  readonly runtimeEndpoint: string
  readonly podCountMax: number
  readonly leaseDurationSeconds: number
  readonly labels: Readonly<Record<string, string>>
  readonly taints: readonly Taint[]
  readonly dns: DnsFacts
  readonly version: string
  readonly server: KubeletServing
}
/** How the kubelet's own HTTPS server listens, and whom it believes. */
export type KubeletServing = {
  readonly address: string
  readonly port: number
  readonly certificatePem: string
  readonly privateKeyPem: string
  readonly clientCaPem: string
}

export type KubeletDeps = Env & { readonly client: Client; readonly cri: CriClient }

/** Runs until the signal is aborted; the pods' containers go on running after that. */
export async function runKubelet(deps: KubeletDeps, options: KubeletOptions, signal: AbortSignal): Promise<void> {
  await mkdir(options.rootDir, { recursive: true, mode: 0o750 })
  await mkdir(options.podLogsDir, { recursive: true, mode: 0o755 })
  const machine = await readMachine(options.rootDir)
  const parts = assemble(deps, options, machine)
  await using _informers = parts.informers
  await using _references = parts.references
  await using _volumes = parts.volumes
  using _probes = parts.probes
  const { workers, runtime, pods, usage, probeCounts } = parts
  const serving = await startKubeletServer(
    { ...deps, workers, runtime, pods, usage, probeCounts },
    { ...options, configuration: configurationOf(options) },
  )
  await using _serving = serving
  const background = [parts.events.run(signal), parts.reporter.run(signal), parts.eviction.run(signal)]
  background.push(
    rotateLogs({ ...deps, running: () => runningLogs(parts), reopen: (id) => reopenLog(deps.cri, id) }, rotationLimitsDefault, signal),
  )
  await parts.informers.synced(signal)
  // Pods of the API server first: what the runtime has besides them has lost its owner.
  using _pods = followPods(parts)
  await adoptOrphans(parts)
  background.push(
    followRuntime(
      {
        ...deps,
        endpoint: options.runtimeEndpoint,
        runtime: parts.runtime,
        onExit: (id) => wakeOwner(parts, deps, id),
        onChange: (uid) => parts.workers.wake(uid),
      },
      signal,
    ),
  )
  signal.addEventListener('abort', () => parts.workers.stop(), { once: true })
  await Promise.all(background)
}

type Parts = ReturnType<typeof assemble>

function assemble(deps: KubeletDeps, options: KubeletOptions, machine: Machine) {
  const { client, cri } = deps
  const { nodeName, rootDir, podLogsDir } = options
  const informers = new Informers({ ...deps, client })
  const pods = informers.of(Pod, { fieldSelector: `spec.nodeName=${nodeName}` })
  const nodes = informers.of(Node, { fieldSelector: `metadata.name=${nodeName}` })
  const services = informers.of(Service)
  const events = new ApiEventRecorder({ ...deps, client }, { component: 'kubelet', host: nodeName })
  const references = new ObjectWatcher({ ...deps, client })
  const runtime = new PodRuntime(cri)
  const cgroups = createPodCgroups({ root: options.cgroupRoot })
  const volumes = createVolumes({
    ...deps,
    client,
    references,
    rootDir,
    pods,
    nodeName,
    allocatable: () => reporter.node?.status?.allocatable ?? {},
    onChange: (uid) => workers.wake(uid),
  })
  const hooks = new Hooks({ runtime, clock: deps.clock })
  const images = new ImagePuller({ cri, clock: deps.clock, events, secret: (namespace, name) => references.secret(namespace, name) })
  const reporter = new NodeReporter({
    ...deps,
    client,
    leaseDurationSeconds: options.leaseDurationSeconds,
    facts: () => nodeFacts(deps, options, machine, eviction.pressures),
  })
  const node = () => ({
    hostIps: options.addresses,
    nodeName,
    services: services.list(),
    allocatable: reporter.node?.status?.allocatable ?? {},
    machineMemoryBytes: machine.memoryBytes,
    dns: options.dns,
  })
  const starter = new PodStarter({ ...deps, events, runtime, images, volumes, cgroups, hooks, references, rootDir, podLogsDir, node })
  const terminator = new PodTerminator({ ...deps, events, runtime, volumes, cgroups, hooks, rootDir, podLogsDir })
  const probeCounts = new ProbeCounts()
  const probes = createProbes({ ...deps, runtime, events, onChange: (uid) => workers.wake(uid), counts: probeCounts })
  const statuses = new StatusWriter({ ...deps, client })
  const admission = new PodAdmission({
    node: () => reporter.node,
    otherPods: (uid) =>
      pods
        .list()
        .filter((pod) => pod.metadata.uid !== uid && isActive(pod))
        .map((pod) => resizer.asGranted(pod)),
  })
  const resizer = new PodResizer({
    runtime,
    cgroups,
    terminator,
    events,
    objectionTo: (pod) => admission.resizeObjectionTo(pod),
    machineMemoryBytes: machine.memoryBytes,
  })
  const workers: PodWorkers = new PodWorkers({
    ...deps,
    client,
    events,
    runtime,
    starter,
    terminator,
    probes,
    statuses,
    admission,
    resizer,
    hostIps: () => options.addresses,
  })
  const usage = new UsageReader({ ...deps, rootDir, pods: () => pods.list(), recordOf: (uid) => workers.recordOf(uid) })
  const eviction: EvictionWatch = new EvictionWatch({
    ...deps,
    events,
    usage,
    rootDir,
    pods: () => pods.list().filter(isActive),
    node: () => reporter.node,
    evict: (uid, failure, graceSeconds) => workers.fail(uid, failure, graceSeconds),
    onPressure: () => reporter.reportSoon(),
  })
  return { informers, references, pods, nodes, events, runtime, workers, reporter, volumes, probes, usage, probeCounts, eviction }
}

/** The fields of KubeletConfiguration that decide what this kubelet does. */
function configurationOf(options: KubeletOptions): Readonly<Record<string, unknown>> {
  const { server, cgroupRoot, podCountMax, dns, podLogsDir, runtimeEndpoint, leaseDurationSeconds, taints } = options
  return {
    address: server.address,
    port: server.port,
    cgroupRoot,
    maxPods: podCountMax,
    clusterDNS: dns.clusterDns,
    clusterDomain: dns.clusterDomain,
    podLogsDir,
    containerRuntimeEndpoint: runtimeEndpoint,
    nodeLeaseDurationSeconds: leaseDurationSeconds,
    registerWithTaints: taints,
  }
}

function runningLogs({ workers }: Parts): readonly LogFile[] {
  const containers = workers.uids().flatMap((uid) => workers.recordOf(uid)?.containers ?? [])
  return containers.filter(({ state }) => state === 'running').map(({ id, logPath }) => ({ containerId: id, path: logPath }))
}

async function reopenLog(cri: CriClient, containerId: string): Promise<void> {
  await cri.runtime.reopenContainerLog({ containerId }, { timeoutMs: 10_000 })
}

function isActive(pod: Pod): boolean {
  return pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed'
}

async function nodeFacts(
  deps: KubeletDeps,
  options: KubeletOptions,
  machine: Machine,
  pressures: NodeFacts['pressures'],
): Promise<Omit<NodeFacts, 'now'>> {
  const [version, notReadyMessage, images] = await Promise.all([
    deps.cri.runtime.version({ version: 'v1' }, { timeoutMs: 10_000 }).catch(() => undefined),
    runtimeProblemOf(deps.cri),
    deps.cri.images.listImages({}, { timeoutMs: 10_000 }).catch(() => undefined),
  ])
  return {
    name: options.nodeName,
    addresses: options.addresses,
    port: options.server.port,
    machine,
    podCountMax: options.podCountMax,
    runtimeVersion: version === undefined ? 'containerd://unknown' : `${version.runtimeName}://${version.runtimeVersion}`,
    version: options.version,
    labels: options.labels,
    taints: options.taints,
    images: (images?.images ?? []).map((image) => ({ names: [...image.repoDigests, ...image.repoTags], sizeBytes: Number(image.size) })),
    notReadyMessage,
    pressures,
  }
}

function followPods({ pods, nodes, workers, reporter }: Parts): Disposable {
  const subscriptions = new DisposableStack()
  subscriptions.use(
    pods.subscribe((event) => {
      if (event.type === 'deleted') workers.gone(event.object)
      else workers.update(event.object)
    }),
  )
  subscriptions.use(nodes.subscribe((event) => (event.type === 'deleted' ? reporter.reportSoon() : reporter.observe(event.object))))
  return subscriptions
}

/** Pods that were deleted while the kubelet was away. */
async function adoptOrphans({ runtime, workers, volumes }: Parts): Promise<void> {
  for (const pod of await runtime.listPods()) workers.orphan(pod.uid, pod.name, pod.namespace, pod.graceSeconds)
  const known = new Set(workers.uids())
  for (const uid of await volumes.podUids()) if (!known.has(uid)) workers.orphan(uid, '', '', 0)
}

/** The runtime notices an end a moment after its event service has told us: look again then. */
const secondLooksMs = [100, 500, 2000, 8000]

function wakeOwner({ workers, runtime }: Parts, { clock }: KubeletDeps, id: string): void {
  const uid = runtime.ownerOf(id)
  if (uid === undefined) return
  workers.wake(uid)
  for (const delayMs of secondLooksMs) clock.setTimer(delayMs, () => workers.wake(uid))
}
