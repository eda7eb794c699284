/** What of a cluster's settings can be told from its other files, so that a cluster whose settings are damaged can still be removed. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readKubeconfig } from '#client/kubeconfig-file'
import type { Layout } from './layout.ts'
import type { Settings } from './settings.ts'

export type RemovableSettings = Pick<Settings, 'name' | 'bridge' | 'supervisor' | 'controlPlanes'>

/** What cannot be told is what `up` takes by itself. */
export async function salvagedSettings(layout: Layout): Promise<RemovableSettings> {
  const { currentContext } = await readKubeconfig(layout.adminKubeconfig).catch(() => ({ currentContext: '' }))
  const network = await readFile(join(layout.cniConfDir, '10-navarch.conflist'), 'utf8').catch(() => '')
  const bridge = /"bridge":\s*"([^"]+)"/.exec(network)?.[1]
  const hosts = await readdir(layout.hostsDir).catch(() => [])
  return { name: currentContext || 'navarch', bridge: bridge ?? 'nv0', supervisor: 'shell', controlPlanes: Math.max(hosts.length, 1) }
}
