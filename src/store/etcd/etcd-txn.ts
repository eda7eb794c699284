/** Transactions in etcd's words: what to send and what the answer means. Pure. */

import type { Draft } from '#base/encoding/protobuf'
import { leaseNotFound } from '../embedded/lease-table.ts'
import type { Entry, Operation, Txn, TxnResult } from '../store.ts'
import { StoreError } from '../store-error.ts'
import { entryOf, etcdIdOf } from './etcd-entry.ts'
import type { RequestOperation, ResponseOperation, TxnRequest, TxnResponse } from './etcd-rpc.ts'

/** The request: where a comparison fails, etcd reads the compared keys instead. Throws Invalid, or LeaseNotFound for what is no id. */
export function txnRequestOf({ compares, operations }: Txn): Draft<TxnRequest> {
  requireDistinct(operations)
  return {
    compare: compares.map(({ key, modRevision }) => ({ result: 'EQUAL', target: 'MOD', key, modRevision })),
    success: operations.map(requestOperationOf),
    failure: compares.map(({ key }) => ({ range: { key } })),
  }
}

/** The outcome of the transaction that was sent. */
export function txnResultOf({ header, succeeded, responses }: TxnResponse): TxnResult {
  const revision = header?.revision ?? 0
  if (succeeded) return { succeeded, revision, previous: responses.map(previousOf) }
  return { succeeded, revision, current: responses.map(({ range }) => optionalEntryOf(range?.kvs[0])) }
}

function requestOperationOf(operation: Operation): Draft<RequestOperation> {
  const { key } = operation
  if (operation.type === 'delete') return { deleteRange: { key, prevKv: true } }
  const { value, leaseId } = operation
  if (leaseId === undefined) return { put: { key, value, prevKv: true } }
  const lease = etcdIdOf(leaseId)
  if (lease === undefined) throw leaseNotFound(leaseId)
  return { put: { key, value, lease, prevKv: true } }
}

function previousOf({ put, deleteRange }: ResponseOperation): Entry | undefined {
  return optionalEntryOf(put?.prevKv ?? deleteRange?.prevKvs[0])
}

function optionalEntryOf(kv: Parameters<typeof entryOf>[0] | undefined): Entry | undefined {
  return kv === undefined ? undefined : entryOf(kv)
}

function requireDistinct(operations: readonly Operation[]): void {
  if (operations.length < 2) return
  const keys = new Set(operations.map(({ key }) => key))
  if (keys.size < operations.length) throw new StoreError('Invalid', 'a transaction may operate on a key only once')
}
