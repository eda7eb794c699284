import { VirtualClock } from '#base/env/virtual-clock'
import { createMemoryStore } from '../memory/memory-store.ts'
import { put } from '../single-key.ts'
import { compactionContract } from './compaction.ts'
import { embeddedSubject, type Subject, testContract } from './contract.ts'
import { leaseContract } from './lease.ts'
import { rangeContract } from './range.ts'
import { bytes } from './sample.ts'
import { storeBelow } from './store-below.ts'
import { txnContract } from './txn.ts'

for (const contract of [txnContract, rangeContract, compactionContract, leaseContract]) {
  testContract({ ...contract, name: `below a prefix: ${contract.name}` }, open)
}

async function open(): Promise<Subject & AsyncDisposable> {
  const clock = new VirtualClock()
  const store = createMemoryStore({ clock })
  await put(store, '/neighbour', bytes('not below'))
  return { ...embeddedSubject(storeBelow(store, '/part'), clock), [Symbol.asyncDispose]: () => store.close() }
}
