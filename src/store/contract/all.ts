/** The whole contract of a store. */
import { compactionContract } from './compaction.ts'
import type { Contract, Subject } from './contract.ts'
import { leaseContract } from './lease.ts'
import { limitContract } from './limit.ts'
import { rangeContract } from './range.ts'
import { txnContract } from './txn.ts'
import { watchContract } from './watch.ts'

export const storeContracts: readonly Contract<Subject>[] = [
  txnContract,
  rangeContract,
  watchContract,
  compactionContract,
  leaseContract,
  limitContract,
]
