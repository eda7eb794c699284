/** What an operator does to a cluster that has lost something, while no client is at work. */
import { execFile } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sleep, systemClock } from '#base/env/clock'
import type { Random } from '#base/env/random'
import type { EtcdMember } from '#testing/etcd/etcd-member'
import { programOnPath } from '#testing/etcd/etcd-program'
import { agreesNow, type EtcdCluster } from './etcd-cluster.ts'

type ListedMember = { readonly id: string; readonly name: string; readonly peerUrl: string }

/** Stops every member, gives each the state of a snapshot saved just before, and starts them as a new cluster. */
export async function restoreSnapshot({ etcd }: EtcdCluster): Promise<void> {
  const snapshot = join(etcd.directory, 'snapshot.db')
  const members = await listMembers(etcd.members)
  const initialCluster = members.map((member) => `${member.name}=${member.peerUrl}`).join(',')
  await etcdctl([`--endpoints=${etcd.endpoints[0]}`, 'snapshot', 'save', snapshot])
  await Promise.all(etcd.members.map((member) => member.kill()))
  for (const { name, directory } of etcd.members) {
    const data = join(directory, 'data')
    rmSync(data, { recursive: true })
    const peerUrl = members.find((member) => member.name === name)?.peerUrl ?? ''
    const place = ['--name', name, '--data-dir', data, '--initial-cluster', initialCluster, '--initial-advertise-peer-urls', peerUrl]
    await restoringTool(['snapshot', 'restore', snapshot, ...place])
  }
  for (const member of etcd.members) member.start()
  rmSync(snapshot)
}

/** A flipped bit in a snapshot must not go unnoticed. */
export async function refusesDamagedSnapshot({ etcd }: EtcdCluster, random: Random): Promise<void> {
  const snapshot = join(etcd.directory, 'damaged.db')
  await etcdctl([`--endpoints=${etcd.endpoints[0]}`, 'snapshot', 'save', snapshot])
  flip(snapshot, (length) => [Math.floor(random.float() * length)])
  const data = join(etcd.directory, 'damaged')
  const restored = await restoringTool(['snapshot', 'restore', snapshot, '--data-dir', data]).then(
    () => true,
    () => false,
  )
  rmSync(snapshot)
  rmSync(data, { recursive: true, force: true })
  if (restored) throw new Error('etcd restored a damaged snapshot')
}

/**
 * Damages what a stopped member has stored, starts it, and gives who noticed: etcd by itself, or a comparison of the members' hashes.
 * The member is replaced by an empty one, which takes everything from the others.
 */
export async function replaceCorruptMember(cluster: EtcdCluster, number: number, random: Random): Promise<'etcd' | 'hashes' | 'nobody'> {
  const member = cluster.etcd.members[number]
  const others = cluster.etcd.members.filter((other) => other !== member)
  if (member === undefined) throw new Error(`there is no member ${number}`)
  await member.kill()
  damageDatabase(join(member.directory, 'data/member/snap/db'), random)
  member.start()
  const noticedBy = (await noticesDamage(member)) ? 'etcd' : (await agreesNow(cluster.etcd)) ? 'nobody' : 'hashes'
  await member.kill()
  rmSync(join(member.directory, 'data'), { recursive: true })
  const members = await listMembers(others)
  const { id = '', peerUrl = '' } = members.find(({ name }) => name === member.name) ?? {}
  const endpoints = `--endpoints=${others.map(({ endpoint }) => endpoint).join(',')}`
  // Refused until the others have been seen to be well for some seconds.
  await insist(() => etcdctl([endpoints, 'member', 'remove', id]))
  await insist(() => etcdctl([endpoints, 'member', 'add', member.name, `--peer-urls=${peerUrl}`]))
  cluster.configure(number, { joins: true })
  member.start()
  return noticedBy
}

/** Flips bits within values, wherever in the file they are stored: pages that nothing refers to any more do not matter. */
function damageDatabase(file: string, random: Random): void {
  flip(file, (length, bytes) => {
    const places: number[] = []
    for (let at = bytes.indexOf('/pods/'); at >= 0 && at < length; at = bytes.indexOf('/pods/', at + 1)) places.push(at + 6)
    return places.length > 0 ? places : [Math.floor(random.float() * length)]
  })
}

function flip(file: string, places: (length: number, bytes: Buffer) => readonly number[]): void {
  const bytes = readFileSync(file)
  for (const place of places(bytes.length, bytes)) bytes[place] = (bytes[place] ?? 0) ^ 1
  writeFileSync(file, bytes)
}

/** It refuses to serve, or raises the alarm. */
async function noticesDamage(member: EtcdMember): Promise<boolean> {
  for (let attempt = 0; attempt < 40; attempt++) {
    await sleep(systemClock, 50)
    if (!member.isRunning) return true
    if (await member.isHealthy()) break
  }
  const alarms = await etcdctl([`--endpoints=${member.endpoint}`, 'alarm', 'list']).catch(() => 'CORRUPT')
  return alarms.includes('CORRUPT')
}

/** From lines such as `8e9e05c52164694d, started, m0, http://10.0.0.1:2380, http://10.0.0.1:2379, false`. */
async function listMembers(members: readonly EtcdMember[]): Promise<readonly ListedMember[]> {
  const text = await etcdctl([`--endpoints=${members.map(({ endpoint }) => endpoint).join(',')}`, 'member', 'list'])
  return text
    .trim()
    .split('\n')
    .map((line) => line.split(', '))
    .map(([id = '', , name = '', peerUrl = '']) => ({ id, name, peerUrl }))
}

/** Tries again for half a minute. */
async function insist(act: () => Promise<unknown>): Promise<void> {
  const deadlineMs = systemClock.monotonicMs() + 30_000
  for (;;) {
    try {
      await act()
      return
    } catch (error) {
      if (systemClock.monotonicMs() > deadlineMs) throw error
    }
    await sleep(systemClock, 250)
  }
}

/** Why no snapshot can be restored here; false if it can. */
export async function restoreMissing(): Promise<string | false> {
  if (programOnPath('etcdutl') !== undefined || (await etcdctl(['version'])).includes('version: 3.4')) return false
  return 'no etcdutl on PATH, which restores snapshots of this etcd'
}

/** Up to 3.4, etcdctl restores snapshots; later there is etcdutl beside it. */
function restoringTool(args: readonly string[]): Promise<string> {
  return run(programOnPath('etcdutl') ?? programOnPath('etcdctl'), args)
}

function etcdctl(args: readonly string[]): Promise<string> {
  return run(programOnPath('etcdctl'), args)
}

async function run(program: string | undefined, args: readonly string[]): Promise<string> {
  if (program === undefined) throw new Error('there is no etcdctl on PATH (Debian: etcd-client)')
  return (await promisify(execFile)(program, args, { env: { PATH: process.env['PATH'], ETCDCTL_API: '3' } })).stdout
}
