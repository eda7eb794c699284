/** The `/etc/hosts` of a pod: localhost, the pod's own names, and `hostAliases`. */
import { readFile } from 'node:fs/promises'
import type { Pod } from '#kinds/core/types.gen'
import { fullHostnameOf, hostnameOf } from './sandbox-config.ts'

const localNames = [
  '127.0.0.1\tlocalhost',
  '::1\tlocalhost ip6-localhost ip6-loopback',
  'fe00::\tip6-localnet',
  'fe00::\tip6-mcastprefix',
  'fe00::1\tip6-allnodes',
  'fe00::2\tip6-allrouters',
]

/** A pod on the host's network has the host's own file, with its aliases below. */
export async function etcHostsOf(pod: Pod, podIps: readonly string[], clusterDomain: string): Promise<string> {
  const base = pod.spec?.hostNetwork
    ? await readFile('/etc/hosts', 'utf8')
    : `${['# Kubernetes-managed hosts file.', ...localNames, ...ownNames(pod, podIps, clusterDomain)].join('\n')}\n`
  const aliases = (pod.spec?.hostAliases ?? []).map(({ ip, hostnames = [] }) => `${ip}\t${hostnames.join('\t')}`)
  return aliases.length === 0 ? base : `${base}\n# Entries added by HostAliases.\n${aliases.join('\n')}\n`
}

function ownNames(pod: Pod, podIps: readonly string[], clusterDomain: string): readonly string[] {
  const full = fullHostnameOf(pod, clusterDomain)
  const names = [...(full === undefined ? [] : [full]), hostnameOf(pod)].join('\t')
  return podIps.map((ip) => `${ip}\t${names}`)
}
