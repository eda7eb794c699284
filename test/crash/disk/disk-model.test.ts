import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '#base/env/random'
import { DiskModel } from './disk-model.ts'
import type { Survival } from './file-content.ts'
import type { DiskOperation } from './trace.ts'

const root = '/root'
const file = 2
const opened: DiskOperation = { type: 'open', path: '/root/a', file, isDirectory: false, isNew: true }
const rootOpened: DiskOperation = { type: 'open', path: '/root', file: 1, isDirectory: true, isNew: false }
const synced: DiskOperation = { type: 'sync', file }
const rootSynced: DiskOperation = { type: 'sync', file: 1 }
const failed: DiskOperation = { type: 'sync-failed', file }

/** A new file whose name is on disk. */
const made = [rootOpened, opened, rootSynced]

type Outcome = readonly [claim: string, operations: readonly DiskOperation[], lost: string | undefined, kept: string | undefined]

/** What is there if everything that may be lost is, and if everything is kept. */
const outcomes: readonly Outcome[] = [
  ['a synced write is there', [...made, write(0, 'one'), synced], 'one', 'one'],
  ['a write that was not synced is there or not', [...made, write(0, 'one')], '', 'one'],
  ['only what was written before the sync is sure', [...made, write(0, 'one'), synced, write(3, 'two')], 'one', 'onetwo'],
  ['a name is sure when its directory is synced, not when the file is', [rootOpened, opened, write(0, 'one'), synced], undefined, 'one'],
  ['a shortened file is as long as before until it is synced', [...made, write(0, 'long'), synced, truncate(1)], 'long', 'l'],
  ['a shortened file stays short once it is synced', [...made, write(0, 'long'), synced, truncate(1), synced], 'l', 'l'],
  ['after a failed sync, another one brings the length only', [...made, write(0, 'one'), failed, synced], '\u0000\u0000\u0000', 'one'],
  ['after a failed sync, what is written again is sure', [...made, write(0, 'one'), failed, write(0, 'two'), synced], 'two', 'two'],
  [
    'a deleted file is back until its directory is synced',
    [...made, write(0, 'one'), synced, { type: 'unlink', path: '/root/a' }],
    'one',
    undefined,
  ],
]

for (const [claim, operations, lost, kept] of outcomes) {
  test(claim, () => {
    const model = new DiskModel(root)
    for (const operation of operations) model.apply(operation)
    assert.equal(contentAfter(model, 0), lost, 'if all is lost')
    assert.equal(contentAfter(model, 1), kept, 'if all is kept')
  })
}

test('a write tears at sectors', () => {
  const model = new DiskModel(root)
  for (const operation of [...made, write(0, 'a'.repeat(2048)), synced, write(100, 'b'.repeat(1500))]) model.apply(operation)
  const contents = Array.from({ length: 50 }, (_, seed) => contentAfter(model, 0.5, { pieceBytes: 512, random: seededRandom(seed) }) ?? '')
  for (const content of contents) {
    const sectors = Array.from({ length: 4 }, (_, i) => content.slice(i * 512, (i + 1) * 512))
    const isWhole = (sector: string, number: number): boolean => !sector.includes('b') || sector === torn(number)
    assert.ok(sectors.every(isWhole), 'each sector is old or new')
  }
  assert.ok(new Set(contents).size > 5)
})

test('a rename is made whole or not at all', () => {
  const model = new DiskModel(root)
  for (const operation of [...made, write(0, 'one'), synced]) model.apply(operation)
  model.apply({ type: 'rename', from: '/root/a', to: '/root/b' })
  assert.deepEqual([...model.survive(survival(0), namesKept(0)).files.keys()], ['a'])
  assert.deepEqual([...model.survive(survival(1), namesKept(1)).files.keys()], ['b'])
})

test('a directory that was made is gone with all that is in it, until the one above it is synced', () => {
  const model = new DiskModel(root)
  const inner: DiskOperation[] = [
    rootOpened,
    { type: 'make-directory', path: '/root/d', file: 3 },
    { type: 'open', path: '/root/d/a', file, isDirectory: false, isNew: true },
    write(0, 'one'),
    synced,
    { type: 'sync', file: 3 },
  ]
  for (const operation of inner) model.apply(operation)
  assert.equal(model.survive(survival(0), namesKept(0)).files.size, 0)
  model.apply(rootSynced)
  assert.deepEqual([...model.survive(survival(0), namesKept(0)).files.keys()], ['d/a'])
})

function torn(sector: number): string {
  const whole = `${'a'.repeat(100)}${'b'.repeat(1500)}${'a'.repeat(448)}`
  return whole.slice(sector * 512, (sector + 1) * 512)
}

function contentAfter(model: DiskModel, chance: number, more: Partial<Survival> = {}): string | undefined {
  const bytes = model.survive({ ...survival(chance), ...more }, namesKept(chance)).files.get('a')
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
}

function survival(chance: number): Survival {
  return { lastPlace: Number.POSITIVE_INFINITY, chance, pieceBytes: undefined, keepsSize: false, random: seededRandom(1) }
}

function namesKept(chance: number) {
  return { random: seededRandom(1), chance }
}

function write(offset: number, text: string): DiskOperation {
  return { type: 'write', file, offset, bytes: new TextEncoder().encode(text) }
}

function truncate(size: number): DiskOperation {
  return { type: 'truncate', file, size }
}
