/** Which etcds the store works with. */
import { isGrpcError } from '#net/grpc/grpc-error'
import type { CallOptions } from '#net/grpc/service'
import { StoreError } from '../store-error.ts'
import { type EtcdMember, type EtcdMembers, withoutLeader } from './etcd-members.ts'

/** Fails with Unavailable if none answers, with Invalid if it is older than 3.4, the first that chooses watch ids and splits large answers. */
export async function requireVersion(members: EtcdMembers): Promise<void> {
  const { url, version } = await members.read(versionOf)
  if (version !== undefined && !isSupported(version)) {
    throw new StoreError('Invalid', `${url} is etcd ${version}: at least 3.4 is needed; upgrade it`)
  }
}

async function versionOf({ url, maintenance }: EtcdMember, options: CallOptions): Promise<{ url: string; version: string | undefined }> {
  try {
    // Also while there is no leader: that is for later calls to wait for.
    const { version } = await maintenance.status({}, { ...options, metadata: withoutLeader(options.metadata) })
    return { url, version }
  } catch (error) {
    // Only etcds since 3.6 keep their status from users other than root.
    if (isGrpcError(error, 'PermissionDenied')) return { url, version: undefined }
    throw error
  }
}

/** As in `3.5.21`. */
export function isSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 3 || (major === 3 && minor >= 4)
}
