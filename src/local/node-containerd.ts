/** The cluster's containerd: the paths it gets, and the calls of `up`, `down` and `images` to it. */
import { join } from 'node:path'
import type { Clock } from '#base/env/clock'
import { type CriClient, openCriClient } from '#net/cri/client'
import type { ContainerdPaths } from './containerd/config.ts'
import type { ContainerdOptions } from './containerd/containerd.ts'
import { pauseImageName } from './images/pause-image.ts'
import type { Layout } from './layout.ts'
import { LocalError } from './settings.ts'

export function containerdPathsOf(layout: Layout): ContainerdPaths {
  const { containerdDir } = layout
  return {
    root: join(containerdDir, 'root'),
    state: join(containerdDir, 'state'),
    socket: layout.containerdSocket,
    cniConfigDirectory: layout.cniConfDir,
    cniPluginDirectories: ['/usr/lib/cni', '/opt/cni/bin'],
    registryDirectory: join(containerdDir, 'registries'),
  }
}

export function containerdOptionsOf(layout: Layout, logFile: string): ContainerdOptions {
  return { paths: containerdPathsOf(layout), logFile, sandboxImage: pauseImageName }
}

/** For commands that need a running cluster: says so where there is none. */
export async function connectToRuntime(layout: Layout, clock: Clock): Promise<CriClient> {
  const cri = openCriClient(layout.containerdSocket, { clock })
  try {
    await cri.runtime.version({}, { timeoutMs: 5000 })
    return cri
  } catch (error) {
    cri[Symbol.dispose]()
    throw new LocalError('the cluster is not running: start it with "navarch up"', { cause: error })
  }
}
