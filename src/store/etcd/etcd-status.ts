/** Figures and health of an etcd, asked of every member. */
import { GrpcError, isGrpcError } from '#net/grpc/grpc-error'
import type { StoreStatus } from '../store.ts'
import { allKeys } from './etcd-entry.ts'
import { explanationOf } from './etcd-error.ts'
import { type EtcdMember, type EtcdMembers, withoutLeader } from './etcd-members.ts'
import type { EtcdRangeResponse, StatusResponse } from './etcd-rpc.ts'

const askMsMax = 2000

type MemberStatus =
  | { readonly url: string; readonly status?: StatusResponse; readonly alarms: readonly string[] }
  | { readonly url: string; readonly failure: string }

/** Answers also when no member does; figures that nobody tells are zero. */
export async function etcdStatus(members: EtcdMembers, compactRevision: number): Promise<StoreStatus> {
  const metadata = await members.metadata().catch(() => ({}))
  const [statuses, newest] = await Promise.all([
    Promise.all(members.all.map((member) => memberStatus(member, metadata))),
    readNewest(members, metadata),
  ])
  const answered = statuses.flatMap((member) => ('status' in member && member.status !== undefined ? [member.status] : []))
  const most = (figure: (status: StatusResponse) => number): number => Math.max(0, ...answered.map(figure))
  return {
    revision: newest?.header?.revision ?? most(({ header }) => header?.revision ?? 0),
    compactRevision,
    keyCount: newest?.count ?? 0,
    liveBytes: most(({ dbSizeInUse }) => dbSizeInUse),
    sizeBytes: most(({ dbSize }) => dbSize),
    degraded: degradedOf(statuses, newest !== undefined),
  }
}

async function memberStatus(member: EtcdMember, metadata: Readonly<Record<string, string>>): Promise<MemberStatus> {
  const { url, maintenance } = member
  const options = { timeoutMs: askMsMax, metadata: withoutLeader(metadata) }
  try {
    const [status, { alarms }] = await Promise.all([
      maintenance.status({}, options),
      // Needs a majority, and is asked of the member's own raft: without one, the status says so.
      maintenance.alarm({}, options).catch(() => ({ alarms: [] })),
    ])
    return { url, status, alarms: alarms.map(({ alarm }) => alarm) }
  } catch (error) {
    // It is there, but tells its figures to root alone.
    if (isGrpcError(error, 'PermissionDenied')) return { url, alarms: [] }
    return { url, failure: error instanceof GrpcError ? explanationOf(error) : String(error) }
  }
}

/** A linearizable read that counts all keys, by whichever member is first: undefined if there is no majority to make it. */
async function readNewest(members: EtcdMembers, metadata: Readonly<Record<string, string>>): Promise<EtcdRangeResponse | undefined> {
  const request = { ...allKeys, countOnly: true }
  try {
    return await Promise.any(members.all.map(({ kv }) => kv.range(request, { timeoutMs: askMsMax, metadata })))
  } catch {
    return undefined
  }
}

/** A member that is lost harms nobody while there is a majority. */
function degradedOf(statuses: readonly MemberStatus[], hasMajority: boolean): string | undefined {
  const problems = statuses.flatMap((status) => {
    if ('failure' in status) return hasMajority ? [] : [`${status.url} does not answer: ${status.failure}`]
    const alarms = [...new Set(status.alarms)].map((alarm) => alarmTexts[alarm] ?? `alarm ${alarm}`)
    const hasLeader = hasMajority || status.status?.leader !== 0
    return hasLeader ? alarms : [`${status.url} has no leader: a majority of the members must be up`, ...alarms]
  })
  if (problems.length === 0 && !hasMajority) return 'etcd does not answer in time: a majority of the members must be up'
  return problems.length === 0 ? undefined : [...new Set(problems)].join('; ')
}

const alarmTexts: Readonly<Record<string, string>> = {
  NOSPACE: 'the quota of etcd is used up (alarm NOSPACE): delete and compact, run `etcdctl defrag`, then `etcdctl alarm disarm`',
  CORRUPT: 'a member of etcd differs from the others (alarm CORRUPT): replace it or restore a snapshot',
}
