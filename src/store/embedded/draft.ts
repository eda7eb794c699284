/**
 * A batch of writes being put together on top of the durable state. Nobody sees it before it is durable; if it cannot be made so,
 * it is thrown away whole and the state has never changed.
 */
import type { Compare, Entry, Lease, Operation, Txn, TxnResult } from '../store.ts'
import { futureRevision, StoreError } from '../store-error.ts'
import type { JournalBatch } from './journal.ts'
import { type LeaseTable, leaseNotFound } from './lease-table.ts'
import { bytesOf, rowsPerRevision, type Version } from './version.ts'
import type { Change } from './version-history.ts'
import type { VersionedState } from './versioned-state.ts'

/** What a draft stands on. */
export type DraftBase = {
  readonly state: VersionedState
  readonly leases: LeaseTable
  readonly liveBytesMax: number
  /** Why only what makes room is taken, if so. */
  readonly shortage: string | undefined
}

export class Draft {
  readonly #base: DraftBase
  readonly #newest = new Map<string, Version>()
  readonly #changes: Change[] = []
  readonly #granted = new Map<string, Lease>()
  readonly #revoked = new Set<string>()
  #compaction: JournalBatch['compaction']
  #revision: number
  #liveBytes: number
  #writtenBytes = 0

  constructor(base: DraftBase) {
    this.#base = base
    this.#revision = base.state.revision
    this.#liveBytes = base.state.liveBytes
  }

  get batch(): JournalBatch {
    return {
      revision: this.#revision,
      changes: this.#changes,
      grantedLeases: [...this.#granted.values()],
      revokedLeases: [...this.#revoked],
      compaction: this.#compaction,
    }
  }

  get isEmpty(): boolean {
    return this.#changes.length + this.#granted.size + this.#revoked.size === 0 && this.#compaction === undefined
  }

  get writtenBytes(): number {
    return this.#writtenBytes
  }

  txn(txn: Txn): TxnResult {
    this.#validate(txn.operations)
    if (!txn.compares.every((compare) => this.#holds(compare))) {
      return { succeeded: false, revision: this.#revision, current: txn.compares.map(({ key }) => this.#get(key)) }
    }
    this.#checkRoom(txn.operations)
    const previous = txn.operations.map(({ key }) => this.#get(key))
    this.#change(txn.operations)
    return { succeeded: true, revision: this.#revision, previous }
  }

  grantLease(lease: Lease): Lease {
    this.#checkGrowth()
    this.#granted.set(lease.id, lease)
    return lease
  }

  revokeLease(id: string): void {
    if (!this.#hasLease(id)) throw leaseNotFound(id)
    const keys = [...new Set([...this.#base.leases.keysOf(id), ...this.#newest.keys()])].filter((key) => this.#get(key)?.leaseId === id)
    for (const some of chunks(keys, rowsPerRevision)) this.#change(some.map((key) => ({ type: 'delete', key })))
    if (!this.#granted.delete(id)) this.#revoked.add(id)
  }

  /** One step of compaction; there is room for one in a batch. Gives whether it was taken. */
  compact(revision: number, countMax: number): boolean {
    const { state } = this.#base
    if (revision > state.revision) throw futureRevision(revision, state.revision)
    // One that went further has overtaken this one.
    if (revision <= state.compactRevision) return true
    if (this.#compaction !== undefined) return false
    const step = state.compactionStep(revision, countMax)
    this.#compaction = { revision: step, rows: state.rowsSupersededAt(step) }
    return true
  }

  #validate(operations: readonly Operation[]): void {
    if (operations.length > rowsPerRevision) throw new StoreError('Invalid', `a transaction of more than ${rowsPerRevision} operations`)
    if (operations.length > 1 && new Set(operations.map(({ key }) => key)).size < operations.length) {
      throw new StoreError('Invalid', 'a key is operated on twice in one transaction')
    }
    for (const operation of operations) {
      if (operation.type === 'put' && operation.leaseId !== undefined && !this.#hasLease(operation.leaseId)) {
        throw leaseNotFound(operation.leaseId)
      }
    }
  }

  #checkRoom(operations: readonly Operation[]): void {
    const grows = operations.some(({ type }) => type === 'put')
    if (!grows) return
    this.#checkGrowth()
    let bytes = this.#liveBytes
    for (const operation of operations) {
      bytes -= bytesOf(this.#get(operation.key))
      if (operation.type === 'put') bytes += operation.key.length + operation.value.length
    }
    if (bytes <= this.#base.liveBytesMax) return
    throw new StoreError('StoreFull', `the store holds its limit of ${this.#base.liveBytesMax} bytes: delete something or raise the limit`)
  }

  #checkGrowth(): void {
    if (this.#base.shortage !== undefined) throw new StoreError('StoreFull', this.#base.shortage)
  }

  #holds({ key, modRevision }: Compare): boolean {
    return (this.#get(key)?.modRevision ?? 0) === modRevision
  }

  #hasLease(id: string): boolean {
    return this.#granted.has(id) || (this.#base.leases.has(id) && !this.#revoked.has(id))
  }

  #get(key: string): Entry | undefined {
    const drafted = this.#newest.get(key)
    return drafted === undefined ? this.#base.state.get(key) : drafted.entry
  }

  #change(operations: readonly Operation[]): void {
    const effective = operations.filter(({ type, key }) => type === 'put' || this.#get(key) !== undefined)
    if (effective.length === 0) return
    this.#revision++
    for (const [place, operation] of effective.entries()) this.#changeKey(operation, this.#revision * rowsPerRevision + place)
  }

  #changeKey(operation: Operation, row: number): void {
    const { key } = operation
    const revision = this.#revision
    const older = this.#newest.get(key) ?? this.#base.state.newest(key)
    const previous = older?.entry
    const entry = operation.type === 'put' ? nextEntry(operation, previous, revision) : undefined
    const version = { revision, row, entry, older }
    this.#newest.set(key, version)
    this.#liveBytes += bytesOf(entry) - bytesOf(previous)
    this.#writtenBytes += bytesOf(entry)
    if (entry !== undefined) this.#changes.push({ event: { type: 'put', key, revision, entry, previous }, version })
    else if (previous !== undefined) this.#changes.push({ event: { type: 'delete', key, revision, previous }, version })
  }
}

function nextEntry(put: Operation & { type: 'put' }, previous: Entry | undefined, revision: number): Entry {
  return {
    key: put.key,
    value: put.value,
    createRevision: previous?.createRevision ?? revision,
    modRevision: revision,
    version: (previous?.version ?? 0) + 1,
    leaseId: put.leaseId,
  }
}

function* chunks<T>(items: readonly T[], length: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += length) yield items.slice(start, start + length)
}
