/** Transactions on one key, in the words callers think in. Each is one `txn`. */
import type { Entry, PutOperation, Store, TxnResult } from './store.ts'

/** The outcome of a change of one key. */
export type KeyResult =
  | { readonly succeeded: true; readonly revision: number; readonly previous: Entry | undefined }
  /** The key is not as expected; `current` is what is there. */
  | { readonly succeeded: false; readonly revision: number; readonly current: Entry | undefined }

/** What may be said about a put. */
export type PutOptions = Pick<PutOperation, 'leaseId'>

/** Writes a key that must not exist yet. */
export async function create(store: Store, key: string, value: Uint8Array, options?: PutOptions, signal?: AbortSignal): Promise<KeyResult> {
  const put: PutOperation = { type: 'put', key, value, leaseId: options?.leaseId }
  return keyResult(await store.txn({ compares: [{ key, modRevision: 0 }], operations: [put] }, signal))
}

/** Replaces the value of a key whose modRevision must be the expected one. */
export async function update(
  store: Store,
  key: string,
  value: Uint8Array,
  expected: { readonly modRevision: number } & PutOptions,
  signal?: AbortSignal,
): Promise<KeyResult> {
  const put: PutOperation = { type: 'put', key, value, leaseId: expected.leaseId }
  return keyResult(await store.txn({ compares: [{ key, modRevision: expected.modRevision }], operations: [put] }, signal))
}

/** Writes a key, whatever is there, and gives the revision. */
export async function put(store: Store, key: string, value: Uint8Array, options?: PutOptions, signal?: AbortSignal): Promise<number> {
  const operation: PutOperation = { type: 'put', key, value, leaseId: options?.leaseId }
  return (await store.txn({ compares: [], operations: [operation] }, signal)).revision
}

/** Deletes a key; with `modRevision`, only if it is the expected one. */
export async function remove(
  store: Store,
  key: string,
  expected?: { readonly modRevision: number },
  signal?: AbortSignal,
): Promise<KeyResult> {
  const compares = expected === undefined ? [] : [{ key, modRevision: expected.modRevision }]
  return keyResult(await store.txn({ compares, operations: [{ type: 'delete', key }] }, signal))
}

function keyResult(result: TxnResult): KeyResult {
  if (result.succeeded) return { succeeded: true, revision: result.revision, previous: result.previous[0] }
  return { succeeded: false, revision: result.revision, current: result.current[0] }
}
