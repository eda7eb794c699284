/** Faults of an etcd cluster under load. Each is made, lasts a while, and is taken back; afterwards the cluster has to heal by itself. */
import { sleep, systemClock } from '#base/env/clock'
import type { Random } from '#base/env/random'
import type { EtcdMember } from '#testing/etcd/etcd-member'
import type { EtcdCluster } from './etcd-cluster.ts'
import { clients, type Peer } from './member-network.ts'

/** Makes the fault and takes it back. */
export type EtcdFault = (cluster: EtcdCluster, random: Random) => Promise<void>

const all = [0, 1, 2]

/** By name. */
export const etcdFaults: Readonly<Record<string, EtcdFault>> = {
  'kill the leader': async (cluster, random) => kill(cluster, [await leaderOf(cluster)], random),
  'kill a follower': async (cluster, random) => kill(cluster, [await followerOf(cluster, random)], random),
  'kill the majority': async (cluster, random) => kill(cluster, without(all, await followerOf(cluster, random)), random),
  'kill all': (cluster, random) => kill(cluster, all, random),

  'cut off the leader': async (cluster, random) => isolate(cluster, [await leaderOf(cluster)], random),
  'cut off a follower': async (cluster, random) => isolate(cluster, [await followerOf(cluster, random)], random),
  'cut all from each other': (cluster, random) => isolate(cluster, all, random),
  'the leader hears nobody': async (cluster, random) => deafen(cluster, [await leaderOf(cluster)], random),
  'nobody hears the leader': async (cluster, random) => {
    const leader = await leaderOf(cluster)
    for (const member of without(all, leader)) cluster.network.dropInbound(member, [leader])
    await forAWhile(random)
    cluster.network.heal()
  },
  'a follower hears nobody': async (cluster, random) => deafen(cluster, [await followerOf(cluster, random)], random),
  'one link is cut': async (cluster, random) => {
    const [first = 0, second = 1] = without(all, Math.floor(random.float() * all.length))
    cluster.network.dropInbound(first, [second])
    cluster.network.dropInbound(second, [first])
    await forAWhile(random)
    cluster.network.heal()
  },

  'stop the leader': async (cluster, random) => pause(cluster, [await leaderOf(cluster)], random),
  'stop a follower': async (cluster, random) => pause(cluster, [await followerOf(cluster, random)], random),
  'stop the majority': async (cluster, random) => pause(cluster, without(all, await followerOf(cluster, random)), random),
  'the leader stutters': async (cluster, random) => stutter(cluster, [await leaderOf(cluster)], random),
  'all stutter': (cluster, random) => stutter(cluster, all, random),
  'a clock jumps': jumpClock,
  defragment: async (cluster) => {
    // One after the other, as is advised: each stands still meanwhile.
    await cluster.etcd.etcdctl('defrag', '--command-timeout=20s').catch(() => undefined)
  },
}

async function kill({ etcd }: EtcdCluster, numbers: readonly number[], random: Random): Promise<void> {
  const members = etcd.members.filter((_, number) => numbers.includes(number))
  await Promise.all(members.map((member) => member.kill()))
  await forAWhile(random)
  for (const member of members) member.start()
}

/** None of them exchanges anything with another member. Clients reach them or not, by chance: whom they reach must not answer with old news. */
async function isolate({ network }: EtcdCluster, numbers: readonly number[], random: Random): Promise<void> {
  const cutsClients = random.float() < 0.5
  for (const member of all) {
    const peers: Peer[] = without(all, member).filter((peer) => numbers.includes(member) || numbers.includes(peer))
    if (cutsClients && numbers.includes(member)) peers.push(clients)
    network.dropInbound(member, peers)
  }
  await forAWhile(random)
  network.heal()
}

async function deafen({ network }: EtcdCluster, numbers: readonly number[], random: Random): Promise<void> {
  for (const member of numbers) network.dropInbound(member, without(all, member))
  await forAWhile(random)
  network.heal()
}

async function pause({ etcd }: EtcdCluster, numbers: readonly number[], random: Random): Promise<void> {
  const members = etcd.members.filter((_, number) => numbers.includes(number))
  for (const member of members) member.pause()
  await forAWhile(random)
  for (const member of members) member.resume()
}

/**
 * Stops and goes on, many times: as a machine that swaps, or whose disk hangs. (To limit the disk's writes by a cgroup is no way: who is
 * held up within the file system's journal holds up everybody on that file system.)
 */
async function stutter({ etcd }: EtcdCluster, numbers: readonly number[], random: Random): Promise<void> {
  const standStill = async (member: EtcdMember): Promise<void> => {
    for (let i = 0; i < 20; i++) {
      member.pause()
      await sleep(systemClock, random.float() * 150)
      member.resume()
      await sleep(systemClock, random.float() * 30)
    }
  }
  await Promise.all(etcd.members.filter((_, number) => numbers.includes(number)).map(standStill))
}

/** The monotonic clock of a running process cannot be moved; one that is started anew finds another time. */
async function jumpClock(cluster: EtcdCluster, random: Random): Promise<void> {
  const number = Math.floor(random.float() * all.length)
  const member = cluster.etcd.members[number]
  await member?.kill()
  cluster.configure(number, { clockAheadSeconds: Math.floor(random.float() * 1_000_000) })
  await sleep(systemClock, random.float() * 300)
  member?.start()
}

async function leaderOf(cluster: EtcdCluster): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const leader = await cluster.leader()
    if (leader !== undefined) return leader
    await sleep(systemClock, 50)
  }
  throw new Error('the cluster has had no leader for five seconds')
}

async function followerOf(cluster: EtcdCluster, random: Random): Promise<number> {
  const followers = without(all, await leaderOf(cluster))
  return followers[Math.floor(random.float() * followers.length)] ?? 0
}

function without(numbers: readonly number[], number: number): number[] {
  return numbers.filter((other) => other !== number)
}

/** Mostly longer than an election takes. */
async function forAWhile(random: Random): Promise<void> {
  await sleep(systemClock, 100 + random.float() * 2400)
}
