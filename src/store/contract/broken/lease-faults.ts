/** What can be wrong with leases. */
import { put } from '../../single-key.ts'
import type { Store } from '../../store.ts'
import { isStoreError } from '../../store-error.ts'
import { type Fault, fault } from './fault.ts'

export const leaseFaults = {
  'leases never end': withTime((ttlMs) => ttlMs * 1e6),
  'leases end too early': withTime((ttlMs) => ttlMs / 10),
  'keeps leases alive in words only': fault((store) => {
    const times = new Map<string, number>()
    return {
      async grantLease(ttlMs, signal) {
        const lease = await store.grantLease(ttlMs, signal)
        times.set(lease.id, ttlMs)
        return lease
      },
      keepLeaseAlive: async (id) => ({ id, ttlMs: times.get(id) ?? 0 }),
    }
  }),
  'gives everyone the same lease': fault((store) => {
    let only: ReturnType<Store['grantLease']> | undefined
    return { grantLease: (ttlMs, signal) => (only ??= store.grantLease(ttlMs, signal)) }
  }),
  'finds no lease': fault(() => ({ lease: async () => undefined })),
  'keeps keys on their first lease': fault((store) => ({
    async txn(txn, signal) {
      const [operation] = txn.operations
      const first = operation === undefined ? undefined : (await store.get(operation.key))?.leaseId
      const operations = txn.operations.map((each) => (each.type === 'put' && first !== undefined ? { ...each, leaseId: first } : each))
      return store.txn({ ...txn, operations }, signal)
    },
  })),
  'revokes leases key by key': fault((store) => ({
    async revokeLease(id, signal) {
      const { entries } = await store.range({ prefix: '' })
      for (const { key, leaseId } of entries) {
        if (leaseId === id) await store.txn({ compares: [], operations: [{ type: 'delete', key }] }, signal)
      }
      await store.revokeLease(id, signal)
    },
  })),
  'keeps the keys of a revoked lease': fault((store) => ({
    async revokeLease(id, signal) {
      const { entries } = await store.range({ prefix: '' })
      for (const { key, value, leaseId } of entries) if (leaseId === id) await put(store, key, value)
      await store.revokeLease(id, signal)
    },
  })),
  'writes under a lease that is not there': fault((store) => ({
    async txn(txn, signal) {
      try {
        return await store.txn(txn, signal)
      } catch (error) {
        if (!isStoreError(error, 'LeaseNotFound')) throw error
        const operations = txn.operations.map((each) => (each.type === 'put' ? { ...each, leaseId: undefined } : each))
        return store.txn({ ...txn, operations }, signal)
      }
    },
  })),
} satisfies Record<string, Fault>

/** Leases that really live for another time than they say. */
function withTime(change: (ttlMs: number) => number): Fault {
  return fault((store) => ({
    grantLease: async (ttlMs, signal) => ({ ...(await store.grantLease(change(ttlMs), signal)), ttlMs }),
    async keepLeaseAlive(id, signal) {
      const lease = await store.keepLeaseAlive(id, signal)
      return { ...lease, ttlMs: lease.ttlMs / change(1) }
    },
  }))
}
