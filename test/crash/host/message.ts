/** What a test and the process that holds its store say to each other. Values cross as they are: the channel clones bytes too. */

import type { KeyRange, RangeRequest, Txn, WatchBatch, WatchRequest } from '#store/store'
import type { StoreErrorReason } from '#store/store-error'

/** A call of the store, by its method's name. */
export type Call =
  | { readonly method: 'get'; readonly key: string }
  | { readonly method: 'range'; readonly request: RangeRequest }
  | { readonly method: 'count'; readonly range: KeyRange }
  | { readonly method: 'txn'; readonly txn: Txn }
  | { readonly method: 'currentRevision' }
  | { readonly method: 'compact'; readonly revision: number }
  | { readonly method: 'grantLease'; readonly ttlMs: number }
  | { readonly method: 'lease'; readonly id: string }
  | { readonly method: 'keepLeaseAlive'; readonly id: string }
  | { readonly method: 'revokeLease'; readonly id: string }
  | { readonly method: 'status' }
  | { readonly method: 'close' }

export type ToHost =
  | { readonly type: 'call'; readonly id: number; readonly call: Call }
  | { readonly type: 'watch'; readonly id: number; readonly request: WatchRequest }
  | { readonly type: 'progress'; readonly id: number }
  | { readonly type: 'unwatch'; readonly id: number }

export type FromHost =
  | { readonly type: 'opened' }
  | { readonly type: 'refused'; readonly failure: Failure }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'failure'; readonly id: number; readonly failure: Failure }
  | { readonly type: 'batch'; readonly id: number; readonly batch: WatchBatch }
  | { readonly type: 'end'; readonly id: number; readonly failure: Failure | undefined }

/** A StoreError on its way; another error has no reason. */
export type Failure = {
  readonly reason: StoreErrorReason | undefined
  readonly message: string
  readonly oldestRevision?: number
  readonly currentRevision?: number
}

/** How the process is to open its store. */
export type HostOptions = {
  readonly directory: string
  /** Room that the store keeps for bad times; without it, as much as ever. */
  readonly reserveBytes?: number
  /** For tests of the harness: acknowledges writes in the trace before they are made. */
  readonly acknowledgesEarly?: boolean
}
