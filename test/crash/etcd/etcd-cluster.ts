/** Three etcd members in a network that can be cut, with what an operator does to them. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sleep, systemClock } from '#base/env/clock'
import type { EtcdMember } from '#testing/etcd/etcd-member'
import { type Etcd, startEtcd } from '#testing/etcd/start-etcd'
import { createMemberNetwork, type MemberNetwork } from './member-network.ts'

export type EtcdCluster = AsyncDisposable & {
  readonly etcd: Etcd
  readonly network: MemberNetwork
  /** The number of the member that leads, asked of those that run; undefined while there is none. */
  leader(): Promise<number | undefined>
  /** What the member is started with from its next start on. */
  configure(member: number, settings: MemberSettings): void
  /** Waits until all members serve and hold the same at the same revision; fails with what they say if they do not. */
  untilAgreed(): Promise<void>
}

/** How a member is started. */
export type MemberSettings = {
  /** It joins a cluster that is there already. */
  readonly joins?: boolean
  /** Its monotonic clock is ahead by so many seconds. */
  readonly clockAheadSeconds?: number
}

const agreementMsMax = 30_000
/** Snapshots every 200 entries and short elections, so that a run of seconds meets them; damage is looked for at start. */
const etcdArguments = ['--snapshot-count=200', '--heartbeat-interval=50', '--election-timeout=400', '--experimental-initial-corrupt-check']

/** Starts three members, with their settings below the directory. The number keeps clusters of one process apart: 0 to 99. */
export async function startEtcdCluster(directory: string, number = 0): Promise<EtcdCluster> {
  const network = createMemberNetwork(3, number)
  try {
    const settingsOf = (member: number): string => join(directory, `settings-${member}`)
    const configure = (member: number, settings: MemberSettings): void => writeFileSync(settingsOf(member), shellSettings(settings))
    mkdirSync(directory, { recursive: true })
    for (const member of network.places.keys()) configure(member, {})
    const members = network.places.map(({ host, namespace }, member) => ({
      host,
      wrapper: ['ip', 'netns', 'exec', namespace, 'sh', '-c', '. "$0" && exec $with "$@"', settingsOf(member)],
    }))
    const etcd = await startEtcd({ members, args: etcdArguments })
    const dispose = async (): Promise<void> => {
      await etcd[Symbol.asyncDispose]()
      network[Symbol.dispose]()
    }
    return {
      etcd,
      network,
      leader: () => leaderOf(etcd.members),
      configure,
      untilAgreed: () => untilAgreed(etcd),
      [Symbol.asyncDispose]: dispose,
    }
  } catch (error) {
    network[Symbol.dispose]()
    throw error
  }
}

function shellSettings({ joins = false, clockAheadSeconds }: MemberSettings): string {
  const wrapped = clockAheadSeconds === undefined ? '' : `unshare --time --monotonic ${clockAheadSeconds} --`
  return `with='${wrapped}'\n${joins ? 'export ETCD_INITIAL_CLUSTER_STATE=existing\n' : ''}`
}

async function leaderOf(members: readonly EtcdMember[]): Promise<number | undefined> {
  const answers = await Promise.all(members.map(saysItLeads))
  const leader = answers.indexOf(true)
  return leader < 0 ? undefined : leader
}

async function saysItLeads(member: EtcdMember): Promise<boolean> {
  if (!member.isRunning) return false
  try {
    const metrics = await fetch(`${member.metricsUrl}/metrics`, { signal: AbortSignal.timeout(500) })
    return /^etcd_server_is_leader 1$/m.test(await metrics.text())
  } catch {
    return false
  }
}

type HashAnswer = readonly { readonly HashKV: { readonly hash: number; readonly compact_revision: number } }[]

async function untilAgreed(etcd: Etcd): Promise<void> {
  await Promise.all(etcd.members.map((member) => member.untilHealthy()))
  const deadlineMs = systemClock.monotonicMs() + agreementMsMax
  for (;;) {
    const hashes = await hashesOf(etcd)
    if (isAgreed(hashes, etcd.members.length)) return
    if (systemClock.monotonicMs() > deadlineMs) throw new Error(`the members do not agree: ${JSON.stringify(hashes)}`)
    await sleep(systemClock, 100)
  }
}

/** Whether all members that run say that they hold the same; asked once. */
export async function agreesNow(etcd: Etcd): Promise<boolean> {
  return isAgreed(await hashesOf(etcd), etcd.members.length)
}

/** What each member has at which compacted revision; empty while not all answer. */
async function hashesOf(etcd: Etcd): Promise<readonly string[]> {
  try {
    const answer: HashAnswer = JSON.parse(await etcd.etcdctl('endpoint', 'hashkv', '--write-out=json'))
    return answer.map(({ HashKV }) => `${HashKV.hash} compacted to ${HashKV.compact_revision}`)
  } catch {
    return []
  }
}

function isAgreed(hashes: readonly string[], memberCount: number): boolean {
  return hashes.length === memberCount && new Set(hashes).size === 1
}
