/**
 * A network for etcd members: each in a namespace of its own, all on one bridge, the clients on the machine's side of it.
 * Traffic is cut by nft inside of a member's namespace, by the sender's address: so every link can be cut, in one direction too.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'

/** The machine's own side, where the clients are. */
export const clients = 'clients'

/** Whose packets a member is not to see: of members by their number, or of the clients. */
export type Peer = number | typeof clients

export type MemberNetwork = Disposable & {
  /** Where each member is to run, as `startEtcd` takes it. */
  readonly places: readonly { readonly host: string; readonly namespace: string }[]
  /** From now on the member drops what the given peers send to it, and nothing else. */
  dropInbound(member: number, from: readonly Peer[]): void
  /** Drops nothing any more. */
  heal(): void
}

const namePrefix = 'nvcr'

/** Makes it anew; leftovers of processes that are gone are taken away first. The number keeps networks of one process apart: 0 to 99. */
export function createMemberNetwork(memberCount: number, number = 0): MemberNetwork {
  sweep()
  const owner = `${namePrefix}${process.pid}`
  const bridge = `${owner}b${number}`
  const subnet = `10.${180 + (process.pid % 40)}.${(process.pid + number) % 256}`
  const places = Array.from({ length: memberCount }, (_, i) => ({ host: `${subnet}.${11 + i}`, namespace: `${owner}-${number}-${i}` }))
  const remove = () =>
    removeNetwork(
      bridge,
      places.map(({ namespace }) => namespace),
    )
  try {
    ip('link', 'add', bridge, 'type', 'bridge')
    ip('address', 'add', `${subnet}.1/24`, 'dev', bridge)
    ip('link', 'set', bridge, 'up')
    for (const [i, place] of places.entries()) addMember({ ...place, bridge, veth: `${owner}v${number}${i}` })
  } catch (error) {
    remove()
    throw error
  }
  const addressOf = (peer: Peer): string => (peer === clients ? `${subnet}.1` : (places[peer]?.host ?? ''))
  const dropInbound = (member: number, from: readonly Peer[]): void => nft(places[member]?.namespace ?? '', dropRules(from.map(addressOf)))
  return {
    places,
    dropInbound,
    heal: () => {
      for (const member of places.keys()) dropInbound(member, [])
    },
    [Symbol.dispose]: remove,
  }
}

type MemberPlace = { readonly host: string; readonly namespace: string; readonly bridge: string; readonly veth: string }

function addMember({ host, namespace, bridge, veth }: MemberPlace): void {
  ip('netns', 'add', namespace)
  ip('link', 'add', veth, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace)
  ip('link', 'set', veth, 'master', bridge, 'up')
  ip('-n', namespace, 'address', 'add', `${host}/24`, 'dev', 'eth0')
  ip('-n', namespace, 'link', 'set', 'eth0', 'up')
  ip('-n', namespace, 'link', 'set', 'lo', 'up')
}

function removeNetwork(bridge: string, namespaces: readonly string[]): void {
  // Each step by itself: a network that was made in part is taken away as far as it goes. The veth pairs go with their namespaces.
  for (const namespace of namespaces) attempt(() => ip('netns', 'delete', namespace))
  attempt(() => ip('link', 'delete', bridge))
}

/** Takes away what processes that have been killed left behind. */
function sweep(): void {
  const isLeft = (name: string): boolean => {
    const owner = new RegExp(`^${namePrefix}(\\d+)[-bv]`).exec(name)?.[1]
    return owner !== undefined && !existsSync(`/proc/${owner}`)
  }
  const namespaces = existsSync('/run/netns') ? readdirSync('/run/netns') : []
  for (const namespace of namespaces.filter(isLeft)) attempt(() => ip('netns', 'delete', namespace))
  for (const link of readdirSync('/sys/class/net').filter(isLeft)) attempt(() => ip('link', 'delete', link))
}

function dropRules(addresses: readonly string[]): string {
  const rules = addresses.map((address) => `add rule inet crash inbound ip saddr ${address} drop\n`)
  return `add table inet crash\ndelete table inet crash\nadd table inet crash
add chain inet crash inbound { type filter hook input priority 0; }\n${rules.join('')}`
}

function nft(namespace: string, rules: string): void {
  execFileSync('ip', ['netns', 'exec', namespace, 'nft', '-f', '-'], { input: rules, stdio: ['pipe', 'pipe', 'pipe'] })
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: 'pipe' })
}

function attempt(step: () => void): void {
  try {
    step()
  } catch {
    // It is not there.
  }
}
