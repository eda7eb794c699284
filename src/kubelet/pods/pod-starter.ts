/** Carries out the steps of a plan that make things: the sandbox, and containers with all that they need. */
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Env } from '#base/env/env'
import type { Container, Pod } from '#kinds/core/types.gen'
import type { EventRecorder } from '#reconcile/event-recorder'
import type { PodCgroups } from '../cgroups/pod-cgroups.ts'
import type { ImagePuller } from '../images/image-puller.ts'
import { restartsByLogs } from '../logs/restarts-by-logs.ts'
import { containerConfigOf } from '../runtime/container-config.ts'
import { type EnvironmentFacts, environmentOf, type ReferenceReader } from '../runtime/environment.ts'
import { etcHostsOf } from '../runtime/etc-hosts.ts'
import { mountsOf } from '../runtime/mounts.ts'
import type { PodRuntime } from '../runtime/pod-runtime.ts'
import { newestOf, type PodRecord, type SandboxRecord } from '../runtime/records.ts'
import { type DnsFacts, podLogDirOf, sandboxConfigOf } from '../runtime/sandbox-config.ts'
import type { MountedVolume, Volumes } from '../volumes/volumes.ts'
import type { Hooks } from './hooks.ts'
import type { Action } from './plan.ts'
import { podDirsOf } from './pod-dirs.ts'
import { StartError, type StartErrorReason } from './start-error.ts'
import { StartLimit } from './start-limit.ts'

export type NodeFacts = Omit<EnvironmentFacts, 'podIps'> & { readonly machineMemoryBytes: number; readonly dns: DnsFacts }
export type PodStarterDeps = Env & {
  readonly events: EventRecorder
  readonly runtime: PodRuntime
  readonly images: ImagePuller
  readonly volumes: Volumes
  readonly cgroups: PodCgroups
  readonly hooks: Hooks
  readonly references: ReferenceReader
  readonly rootDir: string
  readonly podLogsDir: string
  /** Read at each start: services and addresses change. */
  readonly node: () => NodeFacts
}

export class PodStarter {
  readonly #deps: PodStarterDeps
  readonly #limit: StartLimit

  constructor(deps: PodStarterDeps) {
    this.#deps = deps
    this.#limit = new StartLimit(deps.clock, 2 * availableParallelism())
  }

  /** Volumes are mounted meanwhile; one that cannot be is told when a container asks for it. */
  async createSandbox(pod: Pod, attempt: number, signal: AbortSignal): Promise<void> {
    const { volumes } = this.#deps
    await this.#limit.run(async () => {
      const mounting = volumes.mount(pod, signal)
      const [made] = await Promise.allSettled([this.#createSandbox(pod, attempt, signal), mounting])
      if (made.status === 'rejected') throw made.reason
    }, signal)
  }

  async #createSandbox(pod: Pod, attempt: number, signal: AbortSignal): Promise<void> {
    const { runtime, podLogsDir } = this.#deps
    try {
      await mkdir(podLogDirOf(pod, podLogsDir), { recursive: true, mode: 0o755 })
      const config = await this.#sandboxConfig(pod, attempt)
      await runtime.createSandbox(config, pod.spec?.runtimeClassName ?? '', signal)
    } catch (error) {
      signal.throwIfAborted()
      throw new StartError('FailedCreatePodSandBox', `Failed to create pod sandbox: ${messageOf(error)}`, error)
    }
  }

  /** Pulls, creates, starts, and runs the postStart hook. Throws a StartError that says which of these failed. */
  async startContainer(
    pod: Pod,
    action: Action & { readonly type: 'start' },
    record: PodRecord,
    sandbox: SandboxRecord,
    signal: AbortSignal,
  ): Promise<void> {
    const { container } = action
    const { runtime, events } = this.#deps
    const fieldPath = `spec.${listNames[action.role]}{${container.name}}`
    const image = await this.#deps.images.ensure(pod, container, signal)
    const volumes = await this.#deps.volumes.mount(pod, signal)
    const config = await step('CreateContainerConfigError', () => this.#containerConfig(pod, action, image, volumes, record, sandbox))
    const id = await step('CreateContainerError', async () =>
      runtime.createContainer(sandbox.id, config, await this.#sandboxConfig(pod, sandbox.attempt)),
    )
    events.event(pod, 'Normal', 'Created', `Container created`, { fieldPath })
    await step('RunContainerError', () => runtime.startContainer(id))
    events.event(pod, 'Normal', 'Started', `Container started`, { fieldPath })
    const hook = container.lifecycle?.postStart
    if (hook === undefined) return
    try {
      await this.#deps.hooks.run(hook, { pod, container, containerId: id, podIp: this.#ipsOf(pod, sandbox)[0] ?? '' }, signal)
    } catch (error) {
      events.event(pod, 'Warning', 'FailedPostStartHook', `PostStartHook failed`, { fieldPath })
      await runtime.stopContainer(id, 2)
      throw new StartError('PostStartHookError', messageOf(error), error)
    }
  }

  async #containerConfig(
    pod: Pod,
    action: Action & { readonly type: 'start' },
    image: Awaited<ReturnType<ImagePuller['ensure']>>,
    volumes: ReadonlyMap<string, MountedVolume>,
    record: PodRecord,
    sandbox: SandboxRecord,
  ): Promise<ReturnType<typeof containerConfigOf>> {
    const { rootDir, podLogsDir } = this.#deps
    const { container } = action
    const restartCount = action.restartCount || (await restartsByLogs(join(podLogDirOf(pod, podLogsDir), container.name)))
    const facts = this.#deps.node()
    const podIps = this.#ipsOf(pod, sandbox)
    const environment = await environmentOf(pod, container, { ...facts, podIps }, this.#deps.references)
    const dirs = podDirsOf(rootDir, pod.metadata.uid ?? '')
    const hosts =
      pod.spec?.hostNetwork && (pod.spec.hostAliases ?? []).length === 0 ? undefined : await this.#writeEtcHosts(pod, dirs.etcHosts, podIps)
    return containerConfigOf(pod, container, {
      restartCount,
      imageRef: image.ref,
      imageUser: image.user,
      environment,
      mounts: await mountsOf(container, volumes, environment, hosts),
      terminationMessageFile: await this.#makeTerminationFile(dirs.containers, container, restartCount),
      machineMemoryBytes: facts.machineMemoryBytes,
      targetId: targetOf(container, record),
    })
  }

  async #sandboxConfig(pod: Pod, attempt: number): Promise<ReturnType<typeof sandboxConfigOf>> {
    const cgroupParent = await this.#deps.cgroups.ensure(pod)
    return sandboxConfigOf(pod, { attempt, cgroupParent, podLogsDir: this.#deps.podLogsDir, dns: this.#deps.node().dns })
  }

  #ipsOf(pod: Pod, sandbox: SandboxRecord): readonly string[] {
    return pod.spec?.hostNetwork ? this.#deps.node().hostIps : sandbox.ips
  }

  async #writeEtcHosts(pod: Pod, path: string, podIps: readonly string[]): Promise<string> {
    await mkdir(join(path, '..'), { recursive: true, mode: 0o750 })
    await writeFile(path, await etcHostsOf(pod, podIps, this.#deps.node().dns.clusterDomain), { mode: 0o644 })
    return path
  }

  /** The container's user, whoever that is, must be able to write it. */
  async #makeTerminationFile(containersDir: string, container: Container, restartCount: number): Promise<string> {
    const dir = join(containersDir, container.name)
    const path = join(dir, `${restartCount}-${this.#deps.random.uuid().slice(0, 8)}`)
    await mkdir(dir, { recursive: true, mode: 0o750 })
    await writeFile(path, '')
    await chmod(path, 0o666)
    return path
  }
}

/** Where a container of a role stands in the spec: what its events point to. */
const listNames = { init: 'initContainers', sidecar: 'initContainers', main: 'containers', ephemeral: 'ephemeralContainers' } as const

/** An ephemeral container may look into another container's processes. */
function targetOf(container: Container, record: PodRecord): string | undefined {
  const name = 'targetContainerName' in container ? String(container.targetContainerName) : ''
  return name === '' ? undefined : newestOf(record, name)?.id
}

async function step<T>(reason: StartErrorReason, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof StartError) throw error
    throw new StartError(reason, messageOf(error), error)
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
