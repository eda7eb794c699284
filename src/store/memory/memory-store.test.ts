import { VirtualClock } from '#base/env/virtual-clock'
import { storeContracts } from '../contract/all.ts'
import { contractLimits, type Subject, testContract } from '../contract/contract.ts'
import { createMemoryStore } from './memory-store.ts'

for (const contract of storeContracts) testContract(contract, open)

async function open(): Promise<Subject & AsyncDisposable> {
  const clock = new VirtualClock()
  const store = createMemoryStore({ clock, limits: contractLimits })
  return { store, clock, [Symbol.asyncDispose]: () => store.close() }
}
