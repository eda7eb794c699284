/** Files that no store has left as they are: each is refused by name, with what to do, and stays as it is. */
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { VirtualClock } from '#base/env/virtual-clock'
import { put } from '../single-key.ts'
import { isStoreError, type StoreErrorReason } from '../store-error.ts'
import { databaseFileName, openSqliteStore } from './sqlite-store.ts'
import { verifySqliteFile } from './verify-sqlite-file.ts'

let root: string
let template: string

before(async () => {
  root = mkdtempSync(join(tmpdir(), 'navarch-store-'))
  template = join(root, 'template')
  await using store = await openSqliteStore({ clock: new VirtualClock(), directory: join(root, 'first') })
  for (let i = 0; i < 200; i++) await put(store, `/registry/pods/${i}`, new Uint8Array(3000).fill(i))
  await store.compact(100)
  // As a crash leaves it: with a log.
  cpSync(join(root, 'first'), template, { recursive: true })
})

after(() => rmSync(root, { recursive: true }))

const database = (directory: string) => join(directory, databaseFileName)
const log = (directory: string) => `${database(directory)}-wal`

for (const [what, spoil, reason, says] of [
  ['a file of another program', (at) => writeFileSync(database(at), 'something else '.repeat(100)), 'Corrupt', /not a database/],
  ['a file that is cut off', (at) => cutDatabase(at), 'Corrupt', /damaged/],
  ['a page of zeros', (at) => overwrite(database(at), 20 * 1024, new Uint8Array(1024)), 'Corrupt', /damaged/],
  [
    'one changed byte of a value',
    (at) => flipByteOf(database(at), 50),
    'Corrupt',
    /the value of \/registry\/pods\/50 at revision 52 is damaged/,
  ],
  ['a log without its file', (at) => rmSync(database(at)), 'Corrupt', /is missing or empty, but its log/],
  ['a log beside an empty file', (at) => truncateSync(database(at)), 'Corrupt', /is missing or empty, but its log/],
  ['a directory in its place', (at) => replaceByDirectory(database(at)), 'Unavailable', /is not a file/],
] as [string, (directory: string) => void, StoreErrorReason, RegExp][]) {
  test(`${what}: ${reason}`, async () => {
    const directory = freshCopy()
    if (!what.includes('log')) await checkpointed(directory)
    spoil(directory)
    const spoilt = what.includes('directory') ? undefined : tryRead(database(directory))
    await assert.rejects(
      openSqliteStore({ clock: new VirtualClock(), directory }),
      (error) => isStoreError(error, reason) && says.test(error.message) && error.message.includes(directory),
    )
    if (spoilt !== undefined) assert.deepEqual(tryRead(database(directory)), spoilt)
  })
}

for (const [what, spoil] of [
  ['a torn end', (at: string) => overwrite(log(at), readFileSync(log(at)).length - 1500, new Uint8Array(1500).fill(7))],
  ['no end', (at: string) => truncateSync(log(at), readFileSync(log(at)).length - 1500)],
  ['half of it', (at: string) => truncateSync(log(at), readFileSync(log(at)).length / 2)],
  ['nothing but its header', (at: string) => truncateSync(log(at), 32)],
  ['half of a header', (at: string) => truncateSync(log(at), 10)],
  ['nothing', (at: string) => truncateSync(log(at))],
] as const) {
  test(`a log with ${what}, as a power cut leaves it, needs no repair`, async () => {
    const directory = freshCopy()
    spoil(directory)
    await using store = await openSqliteStore({ clock: new VirtualClock(), directory })
    const { revision } = await store.status()
    assert.equal(await put(store, '/registry/pods/new', new Uint8Array(1)), revision + 1)
  })
}

test('verifying tells all that is wrong, not only the first', async () => {
  const directory = freshCopy()
  await checkpointed(directory)
  for (const number of [50, 150]) flipByteOf(database(directory), number)
  const problems = verifySqliteFile(directory)
  assert.deepEqual(
    problems.map((problem) => problem.split(':')[0]),
    ['/registry/pods/50', '/registry/pods/150'],
  )
})

let copies = 0

function freshCopy(): string {
  const directory = join(root, `copy-${copies++}`)
  cpSync(template, directory, { recursive: true })
  return directory
}

async function checkpointed(directory: string): Promise<void> {
  await (await openSqliteStore({ clock: new VirtualClock(), directory })).close()
}

function cutDatabase(directory: string): void {
  truncateSync(database(directory), readFileSync(database(directory)).length / 2)
}

function overwrite(file: string, at: number, bytes: Uint8Array): void {
  const content = readFileSync(file)
  content.set(bytes, at)
  writeFileSync(file, content)
}

/** Changes one byte in the midst of the value of that pod. */
function flipByteOf(file: string, number: number): void {
  const content = readFileSync(file)
  const at = content.indexOf(Buffer.alloc(500, number))
  assert.ok(at > 0)
  overwrite(file, at + 250, Uint8Array.of(number + 1))
}

function replaceByDirectory(file: string): void {
  rmSync(file)
  mkdirSync(file)
}

function tryRead(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}
