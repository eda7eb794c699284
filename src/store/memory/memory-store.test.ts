import { VirtualClock } from '#base/env/virtual-clock'
import { embeddedContracts, storeContracts } from '../contract/all.ts'
import { contractLimits, type EmbeddedSubject, embeddedSubject, testContract } from '../contract/contract.ts'
import { createMemoryStore } from './memory-store.ts'

for (const contract of storeContracts) testContract(contract, open)
for (const contract of embeddedContracts) testContract(contract, open)

async function open(): Promise<EmbeddedSubject & AsyncDisposable> {
  const clock = new VirtualClock()
  const store = createMemoryStore({ clock, limits: contractLimits })
  return { ...embeddedSubject(store, clock), [Symbol.asyncDispose]: () => store.close() }
}
