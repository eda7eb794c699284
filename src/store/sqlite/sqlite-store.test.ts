import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { VirtualClock } from '#base/env/virtual-clock'
import { storeContracts } from '../contract/all.ts'
import { contractLimits, type Subject, testContract } from '../contract/contract.ts'
import { openSqliteStore } from './sqlite-store.ts'

for (const contract of storeContracts) testContract(contract, open)

async function open(): Promise<Subject & AsyncDisposable> {
  const directory = mkdtempSync(join(tmpdir(), 'navarch-store-'))
  const clock = new VirtualClock()
  const store = await openSqliteStore({ clock, directory, limits: contractLimits })
  return {
    store,
    clock,
    async [Symbol.asyncDispose]() {
      await store.close()
      rmSync(directory, { recursive: true })
    },
  }
}
