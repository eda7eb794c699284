/**
 * Volumes of all pods of this node. What is on the machine is read from the machine, so that volumes of an earlier run
 * are kept fresh again and can be taken down.
 */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Env } from '#base/env/env'
import type { Client } from '#client/client'
import type { Informer } from '#client/informer'
import type { Pod } from '#kinds/core/types.gen'
import { podDirsOf } from '../pods/pod-dirs.ts'
import type { ObjectWatcher } from '../references/object-watcher.ts'
import { isFinal } from '../status/pod-status.ts'
import { MemoryFiles } from './memory-files.ts'
import { mountsBelow, unmount } from './mount-table.ts'
import { PodVolumeSet } from './pod-volume-set.ts'
import type { MountedVolume, Volumes } from './volumes.ts'

export type VolumesDeps = Env & {
  readonly client: Client
  readonly references: ObjectWatcher
  readonly rootDir: string
  /** The pods of this node. */
  readonly pods: Informer<Pod>
  readonly nodeName: string
  readonly allocatable: () => Readonly<Record<string, string>>
  /** What a pod's volumes were waiting for may be there now: mounting them may be tried again. */
  readonly onChange: (podUid: string) => void
}

/** Disposing it ends refreshing; files and mounts stay for the next run. */
export function createVolumes(deps: VolumesDeps): Volumes & AsyncDisposable {
  return new NodeVolumes(deps)
}

class NodeVolumes implements Volumes, AsyncDisposable {
  readonly #deps: VolumesDeps
  readonly #sets = new Map<string, PodVolumeSet>()
  /** Pods with directories of an earlier run that nobody has asked for yet. */
  readonly #leftovers: Promise<Set<string>>
  readonly #subscription: Disposable
  readonly #memoryFiles: MemoryFiles

  constructor(deps: VolumesDeps) {
    this.#deps = deps
    this.#memoryFiles = new MemoryFiles(join(deps.rootDir, 'memory-volumes'))
    this.#leftovers = namesIn(join(deps.rootDir, 'pods')).then((names) => new Set(names))
    this.#subscription = deps.pods.subscribe((event) => {
      if (event.type === 'added') void this.#adopt(event.object)
      if (event.type === 'updated') this.#sets.get(event.object.metadata.uid ?? '')?.podChanged(event.object)
    })
  }

  async mount(pod: Pod, signal: AbortSignal): Promise<ReadonlyMap<string, MountedVolume>> {
    const { uid = '' } = pod.metadata
    ;(await this.#leftovers).delete(uid)
    signal.throwIfAborted()
    return await this.#setOf(uid).mount(pod)
  }

  async unmount(podUid: string): Promise<void> {
    ;(await this.#leftovers).delete(podUid)
    const set = this.#sets.get(podUid)
    await set?.close()
    await removePodVolumes(podDirsOf(this.#deps.rootDir, podUid).root)
    await this.#memoryFiles.remove(podUid)
    if (this.#sets.get(podUid) === set) this.#sets.delete(podUid)
  }

  async podUids(): Promise<readonly string[]> {
    return await namesIn(join(this.#deps.rootDir, 'pods'))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#subscription[Symbol.dispose]()
    await Promise.all([...this.#sets.values()].map((set) => set.close()))
    this.#sets.clear()
  }

  #setOf(uid: string): PodVolumeSet {
    const { client, references, nodeName, allocatable, clock, random, log, rootDir, onChange } = this.#deps
    const known = this.#sets.get(uid)
    if (known !== undefined) return known
    const facts = () => ({ nodeName, allocatable: allocatable() })
    const set = new PodVolumeSet(
      { clock, random, log, client, references, facts, memoryFiles: this.#memoryFiles, onChange: () => onChange(uid) },
      podDirsOf(rootDir, uid).root,
    )
    this.#sets.set(uid, set)
    return set
  }

  /** A pod that ran before this process did: its files must follow the API again. */
  async #adopt(pod: Pod): Promise<void> {
    const { uid = '', deletionTimestamp } = pod.metadata
    const leftovers = await this.#leftovers
    if (!leftovers.delete(uid) || deletionTimestamp !== undefined || isFinal(pod.status?.phase)) return
    try {
      await this.#setOf(uid).mount(pod)
    } catch (error) {
      this.#deps.log.warn('volumes of a running pod are not refreshed until a container of it starts', { pod: pod.metadata.name, error })
    }
  }
}

/** Never removes what is below a mount: that may be somebody else's data. */
async function removePodVolumes(podRoot: string): Promise<void> {
  const volumes = join(podRoot, 'volumes')
  for (const mountPoint of await mountsBelow(volumes)) await unmount(mountPoint)
  const left = await mountsBelow(volumes)
  if (left.length > 0) throw new Error(`volume ${left[0]} is still mounted`)
  await rm(volumes, { recursive: true, force: true })
  await rm(join(podRoot, 'plugins'), { recursive: true, force: true })
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
