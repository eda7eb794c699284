/** A container's mounts in CRI's words: its volumes, sub-paths, and the managed `/etc/hosts`. */
import { mkdir, realpath, stat } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import type { Draft } from '#base/encoding/protobuf'
import type { Container, VolumeMount } from '#kinds/core/types.gen'
import type { Mount, MountPropagation } from '#net/cri/cri.gen'
import { StartError } from '../pods/start-error.ts'
import type { MountedVolume } from '../volumes/volumes.ts'
import { expand } from './environment.ts'

const propagations: Readonly<Record<string, MountPropagation>> = {
  None: 'PROPAGATION_PRIVATE',
  HostToContainer: 'PROPAGATION_HOST_TO_CONTAINER',
  Bidirectional: 'PROPAGATION_BIDIRECTIONAL',
}

export async function mountsOf(
  container: Container,
  volumes: ReadonlyMap<string, MountedVolume>,
  environment: ReadonlyMap<string, string>,
  etcHosts: string | undefined,
): Promise<readonly Draft<Mount>[]> {
  const mounts = await Promise.all((container.volumeMounts ?? []).map((mount) => mountOf(mount, volumes, environment)))
  const hasOwnHosts = mounts.some((mount) => mount.containerPath === '/etc/hosts')
  return etcHosts === undefined || hasOwnHosts
    ? mounts
    : [...mounts, { containerPath: '/etc/hosts', hostPath: etcHosts, propagation: 'PROPAGATION_PRIVATE' }]
}

async function mountOf(
  mount: VolumeMount,
  volumes: ReadonlyMap<string, MountedVolume>,
  environment: ReadonlyMap<string, string>,
): Promise<Draft<Mount>> {
  const volume = volumes.get(mount.name)
  if (volume === undefined)
    throw new StartError('CreateContainerConfigError', `volume "${mount.name}" of mount "${mount.mountPath}" is not in the pod`)
  const subPath = mount.subPathExpr === undefined ? (mount.subPath ?? '') : expand(mount.subPathExpr, environment)
  return {
    containerPath: mount.mountPath.startsWith('/') ? mount.mountPath : `/${mount.mountPath}`,
    hostPath: subPath === '' ? volume.hostPath : await subPathOf(volume.hostPath, subPath),
    readonly: mount.readOnly === true || volume.isReadOnly,
    propagation: propagations[mount.mountPropagation ?? 'None'] ?? 'PROPAGATION_PRIVATE',
    recursiveReadOnly: mount.recursiveReadOnly === 'Enabled',
  }
}

/** A path inside the volume, made when it is not there. A link that leads out of the volume is refused. */
async function subPathOf(volumePath: string, subPath: string): Promise<string> {
  if (subPath.startsWith('/') || normalize(subPath).startsWith('..')) {
    throw new StartError('CreateContainerConfigError', `subPath "${subPath}" must be a relative path without ".."`)
  }
  const path = join(volumePath, subPath)
  const root = await realpath(volumePath)
  const parent = await nearestExisting(path)
  const real = await realpath(parent)
  if (real !== root && !real.startsWith(`${root}/`))
    throw new StartError('CreateContainerConfigError', `subPath "${subPath}" leads out of its volume`)
  const isThere = await stat(path).then(
    () => true,
    () => false,
  )
  if (!isThere) await mkdir(path, { recursive: true, mode: 0o750 })
  return await realpath(path)
}

async function nearestExisting(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at))
    if (
      await stat(at).then(
        () => true,
        () => false,
      )
    )
      return at
}
