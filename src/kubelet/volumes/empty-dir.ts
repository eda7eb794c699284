/** A directory that lives as long as its pod: on the node's disk, or in memory with a limit. */
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { EmptyDirVolumeSource, Pod } from '#kinds/core/types.gen'
import { podCgroupSettingsOf } from '../cgroups/pod-cgroup-settings.ts'
import { amountOf } from '../runtime/container-resources.ts'
import { isMounted, mountTmpfs } from './mount-table.ts'
import { giveToGroup, ownershipOf } from './ownership.ts'

export type EmptyDirPlace = {
  readonly directory: string
  /** Its presence says that the directory is ready: then nothing in it is touched again. */
  readonly readyFile: string
  readonly allocatableMemory: string | undefined
}

export async function makeEmptyDir(pod: Pod, source: EmptyDirVolumeSource, place: EmptyDirPlace): Promise<void> {
  const { directory, readyFile } = place
  const isInMemory = source.medium === 'Memory'
  if (source.medium?.startsWith('HugePages')) throw new Error(`medium ${source.medium} of emptyDir is not supported by this node`)
  const isReady = await stat(readyFile).then(
    () => true,
    () => false,
  )
  if (isReady && (!isInMemory || (await isMounted(directory)))) return
  await makeWritableDirectory(directory)
  if (isInMemory) {
    if (!(await isMounted(directory))) await mountTmpfs(directory, memoryLimitOf(pod, source, place.allocatableMemory))
    await chmod(directory, 0o777)
  }
  const { fsGroup } = ownershipOf(pod)
  if (fsGroup !== undefined) await giveToGroup(directory, fsGroup, false)
  await mkdir(dirname(readyFile), { recursive: true, mode: 0o750 })
  await writeFile(readyFile, '')
}

/** Any user of any container may write into it. */
export async function makeWritableDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o750 })
  await chmod(directory, 0o777)
}

/** As upstream: the smallest of the volume's own limit, the pod's memory limit and what the node has. */
function memoryLimitOf(pod: Pod, source: EmptyDirVolumeSource, allocatable: string | undefined): number | undefined {
  const own = amountOf(source.sizeLimit)
  const podLimit = podCgroupSettingsOf(pod).memoryLimitBytes ?? 0
  const sizes = [own, podLimit, amountOf(allocatable)].filter((size) => size > 0)
  return sizes.length === 0 ? undefined : Math.min(...sizes)
}
