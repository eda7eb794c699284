/** Pods that have written more to this node's disk than they may. */
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pod } from '#kinds/core/types.gen'
import { amountOf } from '../runtime/container-resources.ts'
import type { PodUse } from './plan.ts'

/** Bytes on disk below a directory; 0 where it is not there. */
export async function bytesBelow(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => [])
  let sum = 0
  for (const entry of entries) sum += ((await lstat(join(entry.parentPath, entry.name)).catch(() => undefined))?.blocks ?? 0) * 512
  return sum
}

/** Names of the emptyDir volumes on disk that have a limit: only these are worth measuring. */
export function limitedVolumesOf(pod: Pod): readonly string[] {
  return (pod.spec?.volumes ?? [])
    .filter(({ emptyDir }) => emptyDir?.medium !== 'Memory' && amountOf(emptyDir?.sizeLimit) > 0)
    .map(({ name }) => name)
}

/** Whether there is anything to keep watch over: measuring costs. */
export function hasStorageLimit(pod: Pod): boolean {
  const isLimited = pod.spec?.containers.some(({ resources }) => resources?.limits?.['ephemeral-storage'] !== undefined) ?? false
  return isLimited || limitedVolumesOf(pod).length > 0
}

/** Undefined where the pod keeps within its limits, otherwise why it has to go, in upstream's words. */
export function storageExcessOf({ pod, containers }: PodUse, volumeBytes: ReadonlyMap<string, number>): string | undefined {
  for (const { name, emptyDir } of pod.spec?.volumes ?? []) {
    const limit = amountOf(emptyDir?.sizeLimit)
    if (limit > 0 && (volumeBytes.get(name) ?? 0) > limit)
      return `Usage of EmptyDir volume "${name}" exceeds the limit "${emptyDir?.sizeLimit}". `
  }
  for (const container of pod.spec?.containers ?? []) {
    const text = container.resources?.limits?.['ephemeral-storage']
    const used = containers.find(({ name }) => name === container.name)?.diskBytes ?? 0
    if (text !== undefined && used > amountOf(text))
      return `Container ${container.name} exceeded its local ephemeral storage limit "${text}". `
  }
  return undefined
}
