/** Writes without end to the store in the directory given, 64 at a time, and prints each answer. For tests that kill it. */
import { systemClock } from '#base/env/clock'
import { put } from '../../single-key.ts'
import type { Store } from '../../store.ts'
import { openSqliteStore } from '../sqlite-store.ts'

const store = await openSqliteStore({ clock: systemClock, directory: process.argv[2] ?? '' })
await Promise.all(Array.from({ length: 64 }, (_, writer) => writeForEver(store, writer)))

async function writeForEver(store: Store, writer: number): Promise<void> {
  for (let i = 0; ; i++) {
    const key = `/writer/${writer}/${i % 10}`
    const revision = await put(store, key, new Uint8Array(500).fill(i))
    // Synchronous on a pipe, and it waits for a slow reader.
    process.stdout.write(`${key} ${revision}\n`)
  }
}
