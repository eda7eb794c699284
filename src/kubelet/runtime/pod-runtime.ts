/**
 * Pods in the container runtime: reads them as records and carries out single steps. Remembers only what cannot
 * change any more (an exited container, a sandbox's addresses), so that looking again costs two listings.
 */
import type { Draft } from '#base/encoding/protobuf'
import type { CriClient } from '#net/cri/client'
import type {
  ContainerConfig,
  ContainerStatus,
  Container as CriContainer,
  LinuxContainerResources,
  PodSandbox,
  PodSandboxConfig,
} from '#net/cri/cri.gen'
import { isGrpcError } from '#net/grpc/grpc-error'
import {
  type ContainerRecord,
  containerRecordOf,
  type PodRecord,
  runtimeAnnotations,
  runtimeLabels,
  type SandboxRecord,
  sandboxRecordOf,
} from './records.ts'
import { readTerminationMessage } from './termination-message.ts'

const callTimeoutMs = 120_000

export class PodRuntime {
  readonly #cri: CriClient
  readonly #exited = new Map<string, ContainerRecord>()
  readonly #sandboxes = new Map<string, SandboxRecord>()
  /** Pod uids by the ids of containers and sandboxes: an end may be told before the next look. */
  readonly #owners = new Map<string, string>()

  constructor(cri: CriClient) {
    this.#cri = cri
  }

  /** The pod as the runtime has it now. */
  async observe(uid: string, name: string, namespace: string): Promise<PodRecord> {
    const labelSelector = { [runtimeLabels.podUid]: uid }
    const [sandboxes, containers] = await Promise.all([
      this.#cri.runtime.listPodSandbox({ filter: { labelSelector } }, { timeoutMs: callTimeoutMs }),
      this.#cri.runtime.listContainers({ filter: { labelSelector } }, { timeoutMs: callTimeoutMs }),
    ])
    for (const { id } of [...sandboxes.items, ...containers.containers]) this.#owners.set(id, uid)
    return {
      uid,
      name,
      namespace,
      sandboxes: newestFirst(await present(sandboxes.items.map((sandbox) => this.#sandboxOf(sandbox)))),
      containers: newestFirst(await present(containers.containers.map((container) => this.#containerOf(container)))),
    }
  }

  /** The pod of a container or sandbox that was seen or made here. */
  ownerOf(id: string): string | undefined {
    return this.#owners.get(id)
  }

  /** Identity and grace of every pod that has a sandbox, also of those that the API server no longer knows. */
  async listPods(): Promise<
    readonly { readonly uid: string; readonly name: string; readonly namespace: string; readonly graceSeconds: number }[]
  > {
    const { items } = await this.#cri.runtime.listPodSandbox({}, { timeoutMs: callTimeoutMs })
    const pods = items.map((sandbox) => ({
      uid: sandbox.labels[runtimeLabels.podUid] ?? '',
      name: sandbox.labels[runtimeLabels.podName] ?? '',
      namespace: sandbox.labels[runtimeLabels.podNamespace] ?? '',
      graceSeconds: Number(sandbox.annotations[runtimeAnnotations.gracePeriod] ?? 30),
    }))
    return [...new Map(pods.filter((pod) => pod.uid !== '').map((pod) => [pod.uid, pod])).values()]
  }

  /** One line per container and sandbox (`podUid`, id, state): what a safety relist compares. */
  async listStates(): Promise<ReadonlyMap<string, string>> {
    const [sandboxes, containers] = await Promise.all([
      this.#cri.runtime.listPodSandbox({}, { timeoutMs: callTimeoutMs }),
      this.#cri.runtime.listContainers({}, { timeoutMs: callTimeoutMs }),
    ])
    const states = new Map<string, string>()
    for (const { id, state, labels } of [...sandboxes.items, ...containers.containers]) {
      const uid = labels[runtimeLabels.podUid] ?? ''
      states.set(uid, `${states.get(uid) ?? ''}${id}=${state};`)
    }
    return states
  }

  async createSandbox(config: Draft<PodSandboxConfig>, runtimeHandler: string, signal: AbortSignal): Promise<string> {
    const { podSandboxId } = await this.#cri.runtime.runPodSandbox({ config, runtimeHandler }, { signal, timeoutMs: callTimeoutMs })
    this.#owners.set(podSandboxId, config.metadata?.uid ?? '')
    return podSandboxId
  }

  /** Ends all in it and gives the address back. Safe to repeat. */
  async stopSandbox(id: string): Promise<void> {
    await this.#cri.runtime.stopPodSandbox({ podSandboxId: id }, { timeoutMs: callTimeoutMs })
    this.#sandboxes.delete(id)
  }

  async removeSandbox(id: string): Promise<void> {
    await this.#cri.runtime.removePodSandbox({ podSandboxId: id }, { timeoutMs: callTimeoutMs })
    this.#sandboxes.delete(id)
    this.#owners.delete(id)
  }

  async createContainer(podSandboxId: string, config: Draft<ContainerConfig>, sandboxConfig: Draft<PodSandboxConfig>): Promise<string> {
    const { containerId } = await this.#cri.runtime.createContainer({ podSandboxId, config, sandboxConfig }, { timeoutMs: callTimeoutMs })
    this.#owners.set(containerId, config.labels?.[runtimeLabels.podUid] ?? '')
    return containerId
  }

  async startContainer(containerId: string): Promise<void> {
    await this.#cri.runtime.startContainer({ containerId }, { timeoutMs: callTimeoutMs })
  }

  /** SIGTERM (or the image's stop signal), and SIGKILL once `graceSeconds` have passed. */
  async stopContainer(containerId: string, graceSeconds: number): Promise<void> {
    await this.#cri.runtime.stopContainer({ containerId, timeout: graceSeconds }, { timeoutMs: graceSeconds * 1000 + callTimeoutMs })
  }

  /** Gives a running container other limits. */
  async updateResources(containerId: string, linux: Draft<LinuxContainerResources>): Promise<void> {
    await this.#cri.runtime.updateContainerResources({ containerId, linux }, { timeoutMs: callTimeoutMs })
  }

  async removeContainer(containerId: string): Promise<void> {
    await this.#cri.runtime.removeContainer({ containerId }, { timeoutMs: callTimeoutMs })
    this.#exited.delete(containerId)
    this.#owners.delete(containerId)
  }

  /** Runs a command in a container to its end. */
  async exec(
    containerId: string,
    command: readonly string[],
    timeoutSeconds: number,
  ): Promise<{ readonly exitCode: number; readonly output: string }> {
    const request = { containerId, cmd: [...command], timeout: timeoutSeconds }
    const answer = await this.#cri.runtime.execSync(request, { timeoutMs: (timeoutSeconds || 120) * 1000 + 10_000 })
    return { exitCode: answer.exitCode, output: Buffer.concat([answer.stdout, answer.stderr]).toString('utf8') }
  }

  async #sandboxOf(listed: PodSandbox): Promise<SandboxRecord | undefined> {
    const known = this.#sandboxes.get(listed.id)
    const isReady = listed.state === 'SANDBOX_READY'
    if (known !== undefined && known.isReady === isReady) return known
    const { status } = await this.#cri.runtime.podSandboxStatus({ podSandboxId: listed.id }, { timeoutMs: callTimeoutMs })
    if (status === undefined) return undefined
    const record = sandboxRecordOf(status)
    this.#sandboxes.set(listed.id, record)
    return record
  }

  async #containerOf(listed: CriContainer): Promise<ContainerRecord | undefined> {
    const known = this.#exited.get(listed.id)
    if (known !== undefined) return known
    const status = await this.#statusOf(listed.id)
    if (status === undefined) return undefined
    const record = containerRecordOf(listed, status, status.state === 'CONTAINER_EXITED' ? await readTerminationMessage(status) : '')
    if (record.state === 'exited') this.#exited.set(listed.id, record)
    return record
  }

  /** Undefined where the container vanished between listing and asking. */
  async #statusOf(containerId: string): Promise<ContainerStatus | undefined> {
    try {
      return (await this.#cri.runtime.containerStatus({ containerId }, { timeoutMs: callTimeoutMs })).status
    } catch (error) {
      if (isGrpcError(error, 'NotFound')) return undefined
      throw error
    }
  }
}

function newestFirst<T extends { readonly createdAtMs: number; readonly id: string }>(records: readonly T[]): readonly T[] {
  return records.toSorted((one, two) => two.createdAtMs - one.createdAtMs)
}

async function present<T>(pending: readonly Promise<T | undefined>[]): Promise<readonly T[]> {
  return (await Promise.all(pending)).filter((value) => value !== undefined)
}
