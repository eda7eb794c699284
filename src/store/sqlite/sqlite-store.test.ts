import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { VirtualClock } from '#base/env/virtual-clock'
import { durableContracts, embeddedContracts, storeContracts } from '../contract/all.ts'
import { contractLimits, type DurableSubject, type EmbeddedSubject, embeddedSubject, testContract } from '../contract/contract.ts'
import { openSqliteStore } from './sqlite-store.ts'

for (const contract of storeContracts) testContract(contract, open)
for (const contract of embeddedContracts) testContract(contract, open)
for (const contract of durableContracts) testContract(contract, open)

async function open(): Promise<EmbeddedSubject & DurableSubject & AsyncDisposable> {
  const directory = mkdtempSync(join(tmpdir(), 'navarch-store-'))
  const clock = new VirtualClock()
  const options = { clock, directory, limits: contractLimits }
  let store = await openSqliteStore(options)
  return {
    ...embeddedSubject(store, clock),
    async reopen() {
      await store.close()
      store = await openSqliteStore(options)
      return store
    },
    async [Symbol.asyncDispose]() {
      await store.close()
      rmSync(directory, { recursive: true })
    },
  }
}
