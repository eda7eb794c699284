/** The etcd of a cluster with several control planes: a member on each host, with TLS for clients and between members. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Layout } from '../layout.ts'
import { LocalError, type Settings } from '../settings.ts'
import type { ControlPlaneHost } from './hosts.ts'

const clientPort = 2379
const peerPort = 2380

/** Where clients reach a host's member. */
export function etcdEndpoint({ address }: Pick<ControlPlaneHost, 'address'>): string {
  return `https://${address}:${clientPort}`
}

/** The program and its arguments; certificates are those of `cluster-pki.ts`. */
export function etcdCommand(
  layout: Layout,
  { name }: Settings,
  host: ControlPlaneHost,
  hosts: readonly ControlPlaneHost[],
): readonly string[] {
  const peerUrl = ({ address }: ControlPlaneHost) => `https://${address}:${peerPort}`
  const certificate = (file: string) => join(layout.pkiDir, file)
  const options: Readonly<Record<string, string>> = {
    name: host.name,
    'data-dir': etcdDir(layout, host),
    'initial-cluster': hosts.map((one) => `${one.name}=${peerUrl(one)}`).join(','),
    'initial-cluster-token': name,
    'initial-cluster-state': 'new',
    'listen-client-urls': etcdEndpoint(host),
    'advertise-client-urls': etcdEndpoint(host),
    'listen-peer-urls': peerUrl(host),
    'initial-advertise-peer-urls': peerUrl(host),
    'client-cert-auth': 'true',
    'trusted-ca-file': certificate('etcd-ca.crt'),
    'cert-file': certificate(`etcd-server-${host.number}.crt`),
    'key-file': certificate(`etcd-server-${host.number}.key`),
    'peer-client-cert-auth': 'true',
    'peer-trusted-ca-file': certificate('etcd-ca.crt'),
    'peer-cert-file': certificate(`etcd-peer-${host.number}.crt`),
    'peer-key-file': certificate(`etcd-peer-${host.number}.key`),
    // A member that was cut off must not unseat the leader when it comes back.
    'pre-vote': 'true',
    logger: 'zap',
    'log-level': 'warn',
  }
  return ['etcd', ...Object.entries(options).map(([key, value]) => `--${key}=${value}`)]
}

function etcdDir(layout: Layout, host: ControlPlaneHost): string {
  return join(layout.hostsDir, `${host.number}`, 'etcd')
}

/** `searchPath` is that of the process: the supervisor looks there, too. */
export function refuseMissingEtcd(searchPath: string): void {
  if (searchPath.split(delimiter).some((directory) => isExecutable(join(directory, 'etcd')))) return
  throw new LocalError(
    'several control planes need etcd, which is not on this machine: run "apt-get install etcd-server", then this command again',
  )
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
