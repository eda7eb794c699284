/** Which etcds the store works with. */
import { StoreError } from '../store-error.ts'
import type { EtcdMembers } from './etcd-members.ts'

/** Fails with Unavailable if none answers, with Invalid if it is older than 3.4, the first that chooses watch ids and splits large answers. */
export async function requireVersion(members: EtcdMembers): Promise<void> {
  const [url, version] = await members.read(async (member, options) => {
    const token = options.metadata?.['token']
    // Also while there is no leader: that is for later calls to wait for.
    const metadata: Readonly<Record<string, string>> = token === undefined ? {} : { token }
    return [member.url, (await member.maintenance.status({}, { ...options, metadata })).version] as const
  })
  if (!isSupported(version)) throw new StoreError('Invalid', `${url} is etcd ${version}: at least 3.4 is needed; upgrade it`)
}

/** As in `3.5.21`. */
export function isSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 3 || (major === 3 && minor >= 4)
}
