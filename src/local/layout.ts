/** Where a cluster keeps its things: everything under one directory, so that purging is removing it. */
import { join } from 'node:path'

export type Layout = {
  readonly root: string
  /** What `up` was told: ports and addresses, so that every later command knows them. */
  readonly settingsFile: string
  readonly pkiDir: string
  readonly adminKubeconfig: string
  readonly nodeKubeconfig: string
  readonly storeDir: string
  /** What the hosts of several control planes keep: each its own directory. */
  readonly hostsDir: string
  readonly logDir: string
  /** Pid files; gone with the machine's next start. */
  readonly runDir: string
  readonly nodeDir: string
  readonly kubeletDir: string
  readonly podLogsDir: string
  readonly containerdDir: string
  readonly containerdSocket: string
  readonly cniConfDir: string
  readonly cniAddressDir: string
}

export function layoutOf(root: string): Layout {
  const nodeDir = join(root, 'node')
  return {
    root,
    settingsFile: join(root, 'cluster.json'),
    pkiDir: join(root, 'pki'),
    adminKubeconfig: join(root, 'kubeconfig', 'admin.conf'),
    nodeKubeconfig: join(root, 'kubeconfig', 'node.conf'),
    storeDir: join(root, 'store'),
    hostsDir: join(root, 'hosts'),
    logDir: join(root, 'log'),
    runDir: join(root, 'run'),
    nodeDir,
    kubeletDir: join(nodeDir, 'kubelet'),
    podLogsDir: join(nodeDir, 'pod-logs'),
    containerdDir: join(nodeDir, 'containerd'),
    containerdSocket: join(nodeDir, 'containerd', 'containerd.sock'),
    cniConfDir: join(nodeDir, 'cni', 'net.d'),
    cniAddressDir: join(nodeDir, 'cni', 'addresses'),
  }
}
