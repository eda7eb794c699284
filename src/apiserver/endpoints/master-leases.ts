/**
 * Which API servers live, as upstream keeps it in the store beside the objects: a key for each server's address, which goes with its lease when the
 * server does not renew it.
 */
import type { Endpoints } from '#kinds/core/endpoints.kind'
import type { Store } from '#store/store'
import { isStoreError } from '#store/store-error'

const prefix = '/registry/masterleases/'
const lifetimeMs = 15_000

export type MasterLeasesDeps = {
  readonly store: Store
  /** How an object is written to this store. */
  readonly encode: (endpoints: Endpoints) => Uint8Array
}

export class MasterLeases {
  readonly #deps: MasterLeasesDeps
  #leaseId: string | undefined

  constructor(deps: MasterLeasesDeps) {
    this.#deps = deps
  }

  /** The addresses of all servers that live, in order. */
  async addresses(signal?: AbortSignal): Promise<readonly string[]> {
    const { entries } = await this.#deps.store.range({ prefix }, signal)
    return entries.map(({ key }) => key.slice(prefix.length)).toSorted()
  }

  /** The server at this address lives for another while. A renewal writes nothing where the key is still there. */
  async renew(address: string, signal?: AbortSignal): Promise<void> {
    const { store, encode } = this.#deps
    const key = `${prefix}${address}`
    const leaseId = this.#leaseId
    if (leaseId !== undefined && (await this.#isKeptAlive(leaseId, signal)) && (await store.get(key, signal))?.leaseId === leaseId) return
    const { id } = await store.grantLease(lifetimeMs, signal)
    await store.txn({ compares: [], operations: [{ type: 'put', key, value: encode(serverRecord(address)), leaseId: id }] }, signal)
    this.#leaseId = id
  }

  async remove(address: string, signal?: AbortSignal): Promise<void> {
    await this.#deps.store.txn({ compares: [], operations: [{ type: 'delete', key: `${prefix}${address}` }] }, signal)
  }

  async #isKeptAlive(leaseId: string, signal: AbortSignal | undefined): Promise<boolean> {
    try {
      await this.#deps.store.keepLeaseAlive(leaseId, signal)
      return true
    } catch (error) {
      if (isStoreError(error, 'LeaseNotFound')) return false
      throw error
    }
  }
}

function serverRecord(ip: string): Endpoints {
  return { apiVersion: 'v1', kind: 'Endpoints', metadata: { generation: 1 }, subsets: [{ addresses: [{ ip }] }] }
}
