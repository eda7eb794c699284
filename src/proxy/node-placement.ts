/** Which addresses and pod ranges the node has, as its object tells. */
import { networkInterfaces } from 'node:os'
import { type Clock, sleep } from '#base/env/clock'
import type { Log } from '#base/env/log'
import type { Client } from '#client/client'
import { Node } from '#kinds/core/node.kind'

export type NodePlacement = { readonly addresses: readonly string[]; readonly podCidrs: readonly string[] }

type Deps = { readonly clock: Clock; readonly log: Log; readonly client: Client }

const attemptCount = 6

/** A node that comes up registers about now, so it is waited for; without its object the machine's first address has to do. */
export async function nodePlacement({ clock, log, client }: Deps, nodeName: string, signal: AbortSignal): Promise<NodePlacement> {
  for (let attempt = 0; attempt < attemptCount; attempt++) {
    try {
      const node = await client.get(Node, { name: nodeName }, signal)
      const addresses = (node.status?.addresses ?? []).filter(({ type }) => type === 'InternalIP').map(({ address }) => address)
      if (addresses.length > 0) return { addresses, podCidrs: node.spec?.podCIDRs ?? [] }
      log.warn('the node has no address yet', { node: nodeName })
    } catch (error) {
      signal.throwIfAborted()
      log.warn('cannot read the node', { node: nodeName, error })
    }
    await sleep(clock, 1000 * 2 ** attempt, signal)
  }
  return { addresses: machineAddresses(), podCidrs: [] }
}

function machineAddresses(): readonly string[] {
  const first = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)
  return [first?.address ?? '127.0.0.1']
}
