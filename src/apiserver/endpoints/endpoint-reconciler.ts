/** Who stands behind the service `kubernetes`: `--endpoint-reconciler-type`. */
import type { Client } from '#client/client'
import type { MasterLeases } from './master-leases.ts'
import { addressesOf, countedAddresses, serverEndpoints, serverPorts } from './server-endpoints.ts'
import { writeServerEndpoints } from './write-endpoints.ts'

/** `lease`: the servers whose leases live. `master-count`: as many as there are said to be. `none`: others see to it. */
export type EndpointReconcilerType = 'lease' | 'master-count' | 'none'

/** Both may run again and again, but not at the same time. */
export interface EndpointReconciler {
  /** This server stands in the list, and none that is gone. */
  reconcile(restoresPorts: boolean, signal: AbortSignal): Promise<void>
  /** This server stands in the list no more. The last one is left in it where `mayBeLast` is false. */
  remove(mayBeLast: boolean, signal: AbortSignal): Promise<void>
}

export type OwnAddress = { readonly address: string; readonly port: number }

export function leaseReconciler(client: Client, leases: MasterLeases, { address, port }: OwnAddress): EndpointReconciler {
  const ports = serverPorts(port)
  return {
    async reconcile(restoresPorts, signal) {
      await leases.renew(address, signal)
      await writeServerEndpoints(
        client,
        async (found) => serverEndpoints(found, { addresses: await livingAddresses(leases, signal), ports, restoresPorts }),
        signal,
      )
    },
    async remove(mayBeLast, signal) {
      await leases.remove(address, signal)
      await writeServerEndpoints(
        client,
        async (found) => {
          const addresses = await leases.addresses(signal)
          const isWanted = found !== undefined && (mayBeLast || addresses.length > 0)
          return isWanted ? serverEndpoints(found, { addresses, ports, restoresPorts: true }) : undefined
        },
        signal,
      )
    },
  }
}

/** We have just renewed our own: if none is there, something is wrong with what we read, and the list must not suffer for it. */
async function livingAddresses(leases: MasterLeases, signal: AbortSignal): Promise<readonly string[]> {
  const addresses = await leases.addresses(signal)
  if (addresses.length > 0) return addresses
  throw new Error('no API server IP addresses were listed in storage, refusing to erase all endpoints for the kubernetes Service')
}

/** Nobody notices when a server goes without a word. With a count of one it is for the only server of a store. */
export function countingReconciler(client: Client, serverCount: number, { address, port }: OwnAddress): EndpointReconciler {
  const ports = serverPorts(port)
  return {
    async reconcile(restoresPorts, signal) {
      await writeServerEndpoints(
        client,
        async (found) =>
          serverEndpoints(found, { addresses: countedAddresses(addressesOf(found), address, serverCount), ports, restoresPorts }),
        signal,
      )
    },
    async remove(mayBeLast, signal) {
      await writeServerEndpoints(
        client,
        async (found) => {
          const addresses = addressesOf(found).filter((one) => one !== address)
          const isWanted = found !== undefined && (mayBeLast || addresses.length > 0)
          return isWanted ? serverEndpoints(found, { addresses, ports, restoresPorts: true }) : undefined
        },
        signal,
      )
    },
  }
}
