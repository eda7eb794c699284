/** The volumes of one pod: which are ready, and which have to be kept fresh. */
import { join } from 'node:path'
import type { Pod, Volume } from '#kinds/core/types.gen'
import { StartError } from '../pods/start-error.ts'
import { makeEmptyDir } from './empty-dir.ts'
import { FileVolume, type FileVolumeDeps } from './file-volume.ts'
import { fileVolumeSpecOf } from './file-volume-spec.ts'
import { checkHostPath } from './host-path.ts'
import type { MemoryFiles } from './memory-files.ts'
import { claimOf, mountClaim } from './persistent-volume.ts'
import type { MountedVolume } from './volumes.ts'

type PodVolumeSetDeps = FileVolumeDeps & { readonly memoryFiles: MemoryFiles }

export class PodVolumeSet {
  readonly #deps: PodVolumeSetDeps
  /** The pod's own directory. */
  readonly #root: string
  readonly #ready = new Map<string, MountedVolume>()
  readonly #fileVolumes = new Map<string, FileVolume>()
  #turn: Promise<unknown> = Promise.resolve()
  readonly #closing = new AbortController()

  constructor(deps: PodVolumeSetDeps, root: string) {
    this.#deps = deps
    this.#root = root
  }

  /** One call after the other. Rejects with the first volume's StartError when all have been tried. */
  mount(pod: Pod): Promise<ReadonlyMap<string, MountedVolume>> {
    const mounting = this.#turn.then(() => this.#mountAll(pod))
    this.#turn = mounting.catch(() => {})
    return mounting
  }

  podChanged(pod: Pod): void {
    for (const volume of this.#fileVolumes.values()) volume.podChanged(pod)
  }

  /** Resolves when nothing of this process is at work on the pod's directory. */
  async close(): Promise<void> {
    this.#closing.abort()
    const closing = [...this.#fileVolumes.values()].map((volume) => volume.close())
    await Promise.all([...closing, this.#turn])
    await Promise.all([...this.#fileVolumes.values()].map((volume) => volume.close()))
  }

  async #mountAll(pod: Pod): Promise<ReadonlyMap<string, MountedVolume>> {
    const outcomes = await Promise.allSettled((pod.spec?.volumes ?? []).map((volume) => this.#mountOne(pod, volume)))
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
    return this.#ready
  }

  async #mountOne(pod: Pod, volume: Volume): Promise<void> {
    if (this.#ready.has(volume.name)) return
    try {
      if (this.#closing.signal.aborted) throw new Error('the pod is being taken down')
      this.#ready.set(volume.name, await this.#make(pod, volume))
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      throw new StartError('FailedMount', `MountVolume.SetUp failed for volume ${JSON.stringify(volume.name)} : ${message}`, error)
    }
  }

  async #make(pod: Pod, volume: Volume): Promise<MountedVolume> {
    const { name, emptyDir, hostPath } = volume
    if (hostPath !== undefined) {
      await checkHostPath(hostPath)
      return { hostPath: hostPath.path, isReadOnly: false }
    }
    if (emptyDir !== undefined) {
      const directory = join(this.#root, 'volumes/kubernetes.io~empty-dir', name)
      const readyFile = join(this.#root, 'plugins/kubernetes.io~empty-dir', name, 'ready')
      await makeEmptyDir(pod, emptyDir, { directory, readyFile, allocatableMemory: this.#deps.facts().allocatable['memory'] })
      return { hostPath: directory, isReadOnly: false }
    }
    const claimed = claimOf(pod, volume)
    if (claimed !== undefined) return await mountClaim(this.#deps.client, pod, claimed, this.#closing.signal)
    const spec = fileVolumeSpecOf(volume)
    if (spec === undefined) throw new Error(`volumes of type ${typeOf(volume)} are not supported by this node`)
    const usualDirectory = join(this.#root, 'volumes', spec.directoryName, name)
    const directory = spec.isInMemory ? this.#deps.memoryFiles.directoryOf(pod.metadata.uid ?? '', name) : usualDirectory
    if (spec.isInMemory) await this.#deps.memoryFiles.prepare(directory, usualDirectory)
    const files = this.#fileVolumes.get(name) ?? new FileVolume(this.#deps, pod, spec, directory)
    this.#fileVolumes.set(name, files)
    await files.fill()
    return { hostPath: directory, isReadOnly: true }
  }
}

function typeOf(volume: Volume): string {
  return Object.keys(volume).find((key) => key !== 'name') ?? 'none'
}
