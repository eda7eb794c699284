import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { VirtualClock } from '#base/env/virtual-clock'
import { embeddedContracts, storeContracts } from '../contract/all.ts'
import { contractLimits, type EmbeddedSubject, embeddedSubject, testContract } from '../contract/contract.ts'
import { openSqliteStore } from './sqlite-store.ts'

for (const contract of storeContracts) testContract(contract, open)
for (const contract of embeddedContracts) testContract(contract, open)

async function open(): Promise<EmbeddedSubject & AsyncDisposable> {
  const directory = mkdtempSync(join(tmpdir(), 'navarch-store-'))
  const clock = new VirtualClock()
  const store = await openSqliteStore({ clock, directory, limits: contractLimits })
  return {
    ...embeddedSubject(store, clock),
    async [Symbol.asyncDispose]() {
      await store.close()
      rmSync(directory, { recursive: true })
    },
  }
}
