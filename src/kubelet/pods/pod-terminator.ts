/** Carries out the steps that end things: hooks, grace, sandboxes, and what a pod leaves on this machine. */
import { rm } from 'node:fs/promises'
import { type Clock, sleep } from '#base/env/clock'
import type { Log } from '#base/env/log'
import type { Container, Pod } from '#kinds/core/types.gen'
import type { EventRecorder } from '#reconcile/event-recorder'
import type { PodCgroups } from '../cgroups/pod-cgroups.ts'
import type { PodRuntime } from '../runtime/pod-runtime.ts'
import type { ContainerRecord, PodRecord } from '../runtime/records.ts'
import type { Volumes } from '../volumes/volumes.ts'
import type { Hooks } from './hooks.ts'
import { isSidecar } from './plan.ts'
import { podDirsOf } from './pod-dirs.ts'

export type PodTerminatorDeps = {
  readonly clock: Clock
  readonly log: Log
  readonly events: EventRecorder
  readonly runtime: PodRuntime
  readonly volumes: Volumes
  readonly cgroups: PodCgroups
  readonly hooks: Hooks
  readonly rootDir: string
  readonly podLogsDir: string
}

/** What a container gets at least after its hook has used the grace up. As upstream. */
const graceSecondsMin = 2

export class PodTerminator {
  readonly #deps: PodTerminatorDeps

  constructor(deps: PodTerminatorDeps) {
    this.#deps = deps
  }

  /** Ends one container; resolves when it is down. */
  async stopContainer(pod: Pod | undefined, record: ContainerRecord, graceSeconds: number, message: string): Promise<void> {
    const { clock, events, runtime } = this.#deps
    const container = pod === undefined ? undefined : containerOf(pod, record.name)
    if (pod !== undefined) events.event(pod, 'Normal', 'Killing', message, { fieldPath: `spec.containers{${record.name}}` })
    const startedMs = clock.monotonicMs()
    if (pod !== undefined && container !== undefined && graceSeconds > 0) await this.#runPreStop(pod, container, record, graceSeconds)
    const usedSeconds = Math.floor((clock.monotonicMs() - startedMs) / 1000)
    const leftSeconds = graceSeconds === 0 ? 0 : Math.max(graceSeconds - usedSeconds, graceSecondsMin)
    await runtime.stopContainer(record.id, leftSeconds)
  }

  /** Ends all containers: the main ones together, then sidecars one after another from the last. */
  async stopAll(pod: Pod | undefined, record: PodRecord, graceSeconds: number): Promise<void> {
    const { clock } = this.#deps
    const startedMs = clock.monotonicMs()
    const leftSeconds = () =>
      graceSeconds === 0 ? 0 : Math.max(graceSeconds - Math.floor((clock.monotonicMs() - startedMs) / 1000), graceSecondsMin)
    const alive = record.containers.filter(
      (container) => container.state === 'running' || container.state === 'created' || container.state === 'unknown',
    )
    const sidecarNames = (pod?.spec?.initContainers ?? []).filter(isSidecar).map(({ name }) => name)
    const others = alive.filter((container) => !sidecarNames.includes(container.name))
    await Promise.all(others.map((container) => this.stopContainer(pod, container, graceSeconds, `Stopping container ${container.name}`)))
    for (const name of sidecarNames.toReversed()) {
      const sidecar = alive.find((container) => container.name === name)
      if (sidecar !== undefined) await this.stopContainer(pod, sidecar, leftSeconds(), `Stopping container ${name}`)
    }
    await Promise.all(
      record.sandboxes.filter((sandbox) => sandbox.isReady || sandbox.ips.length > 0).map(({ id }) => this.#deps.runtime.stopSandbox(id)),
    )
  }

  /** Gives back what a stopped pod still holds; its records and logs stay for readers. */
  async release(uid: string): Promise<void> {
    await this.#deps.volumes.unmount(uid)
    await this.#deps.cgroups.remove(uid)
  }

  /** Removes the last traces. */
  async remove(record: PodRecord): Promise<void> {
    const { runtime, rootDir, podLogsDir } = this.#deps
    const { uid, name, namespace } = record
    await Promise.all(record.containers.map(({ id }) => runtime.removeContainer(id)))
    for (const { id } of record.sandboxes) {
      await runtime.stopSandbox(id)
      await runtime.removeSandbox(id)
    }
    await this.release(uid)
    await rm(podDirsOf(rootDir, uid).root, { recursive: true, force: true })
    await rm(`${podLogsDir}/${namespace}_${name}_${uid}`, { recursive: true, force: true })
  }

  async #runPreStop(pod: Pod, container: Container, record: ContainerRecord, graceSeconds: number): Promise<void> {
    const hook = container.lifecycle?.preStop
    if (hook === undefined || record.state !== 'running') return
    const expiry = new AbortController()
    const target = { pod, container, containerId: record.id, podIp: pod.status?.podIP ?? '' }
    const hookRun = this.#deps.hooks.run(hook, target, expiry.signal).catch((error: unknown) => {
      if (expiry.signal.aborted) return
      this.#deps.log.warn('preStop hook failed', { pod: pod.metadata.name, container: container.name, error })
      this.#deps.events.event(pod, 'Warning', 'FailedPreStopHook', 'PreStopHook failed', {
        fieldPath: `spec.containers{${container.name}}`,
      })
    })
    const timeLimit = sleep(this.#deps.clock, graceSeconds * 1000, expiry.signal).catch(() => undefined)
    await Promise.race([hookRun, timeLimit])
    expiry.abort()
  }
}

export function containerOf(pod: Pod, name: string): Container | undefined {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = pod.spec ?? {}
  return [...containers, ...initContainers, ...ephemeralContainers].find((container) => container.name === name)
}
