/** The whole contract of a store. */
import { compactionContract } from './compaction.ts'
import type { Contract, DurableSubject, EmbeddedSubject, Subject } from './contract.ts'
import { durableContract } from './durable.ts'
import { embeddedContract } from './embedded.ts'
import { historyContract } from './history.ts'
import { leaseContract } from './lease.ts'
import { limitContract } from './limit.ts'
import { rangeContract } from './range.ts'
import { txnContract } from './txn.ts'
import { watchContract } from './watch.ts'

/** What every store promises. */
export const storeContracts: readonly Contract<Subject>[] = [
  txnContract,
  rangeContract,
  watchContract,
  compactionContract,
  leaseContract,
  historyContract([1, 2, 3]),
]

/** What a store inside the process promises on top. */
export const embeddedContracts: readonly Contract<EmbeddedSubject>[] = [embeddedContract, limitContract]

/** What a store that outlives its process promises on top. */
export const durableContracts: readonly Contract<DurableSubject>[] = [durableContract]
