/** The flags that say where etcd is and who we are there; whatever opens the store of an API server has them too. */
import { readFile } from 'node:fs/promises'
import { FlagError, type FlagValues, listFlag, stringFlag } from '#component/flags'
import type { EtcdAddress } from '#store/etcd/etcd-members'
import { rerootedStore } from '#store/rerooted-store'
import type { Store } from '#store/store'

export const etcdFlags = {
  'etcd-cafile': stringFlag('', 'Certificates of the authority of the etcd servers.'),
  'etcd-certfile': stringFlag('', 'Certificate to show to etcd.'),
  'etcd-keyfile': stringFlag('', 'Key of that certificate.'),
  'etcd-password-file': stringFlag('', 'File with the password of --etcd-username.'),
  'etcd-prefix': stringFlag('/registry', 'The root of all keys in etcd.'),
  'etcd-servers': listFlag([], 'The etcd servers, such as https://10.0.0.1:2379,https://10.0.0.2:2379.'),
  'etcd-username': stringFlag('', 'User of etcd, where it asks for one.'),
} as const

export type EtcdFlags = FlagValues<typeof etcdFlags>

/** What the files hold that the flags name. Throws FlagError. */
export async function etcdCredentials(flags: EtcdFlags): Promise<Omit<EtcdAddress, 'endpoints'>> {
  const file = (name: 'etcd-cafile' | 'etcd-certfile' | 'etcd-keyfile' | 'etcd-password-file') =>
    flags[name] === '' ? undefined : readFile(flags[name], 'utf8')
  const [ca, certificate, key, password = ''] = await Promise.all([
    file('etcd-cafile'),
    file('etcd-certfile'),
    file('etcd-keyfile'),
    file('etcd-password-file'),
  ])
  if ((certificate === undefined) !== (key === undefined))
    throw new FlagError('--etcd-certfile and --etcd-keyfile have to be given together')
  const name = flags['etcd-username']
  return {
    ...((ca ?? certificate) !== undefined && { tls: { ca, certificate, key } }),
    ...(name !== '' && { user: { name, password: password.trimEnd() } }),
  }
}

/** The store with its objects below `/registry`, wherever they lie in etcd. */
export function withoutPrefix(store: Store, { 'etcd-prefix': prefix }: EtcdFlags): Store {
  const root = `/${prefix.replace(/^\/+|\/+$/g, '')}`
  return root === '/registry' ? store : rerootedStore(store, '/registry', root)
}
