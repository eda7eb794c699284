/** Whom a volume belongs to: the pod's `fsGroup`, which may read or write all that is in it. */
import { chmod, chown, lchown, lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pod } from '#kinds/core/types.gen'

export type Ownership = {
  readonly fsGroup: number | undefined
  /** The user that all containers run as, where the spec says so. */
  readonly commonUid: number | undefined
}

export function ownershipOf(pod: Pod): Ownership {
  const own = pod.spec?.securityContext
  const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])]
  const uids = new Set(containers.map((container) => container.securityContext?.runAsUser ?? own?.runAsUser))
  const [uid] = uids
  return { fsGroup: own?.fsGroup, commonUid: uids.size === 1 ? uid : undefined }
}

const setgid = 0o2000
const readBits = 0o440
const readWriteBits = 0o660
const searchBits = 0o110

/** Gives the directory and all in it to the group; directories hand the group on to what is made in them. */
export async function giveToGroup(directory: string, fsGroup: number, isReadOnly: boolean): Promise<void> {
  const bits = isReadOnly ? readBits : readWriteBits
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isSymbolicLink()) await lchown(path, (await lstat(path)).uid, fsGroup)
    else if (entry.isDirectory()) await giveToGroup(path, fsGroup, isReadOnly)
    else await give(path, fsGroup, bits)
  }
  await give(directory, fsGroup, bits | searchBits | setgid)
}

/** Owner first: changing it would take the setgid bit away. */
async function give(path: string, fsGroup: number, bits: number): Promise<void> {
  const { uid, mode } = await lstat(path)
  await chown(path, uid, fsGroup)
  await chmod(path, (mode & 0o7777) | bits)
}
