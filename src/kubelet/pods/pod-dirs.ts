/** Where the kubelet keeps a pod's files: upstream's layout under its root directory. */
import { join } from 'node:path'

export type PodDirs = { readonly root: string; readonly volumes: string; readonly containers: string; readonly etcHosts: string }

export function podDirsOf(rootDir: string, uid: string): PodDirs {
  const root = join(rootDir, 'pods', uid)
  return { root, volumes: join(root, 'volumes'), containers: join(root, 'containers'), etcHosts: join(root, 'etc-hosts') }
}
