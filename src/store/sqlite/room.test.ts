import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Reserve } from './reserve.ts'
import { Room } from './room.ts'

test('a reserve takes its room, gives it up, and takes it again', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'navarch-store-'))
  const file = join(directory, 'store.db-reserve')
  const reserve = new Reserve(file, 3_000_000)
  assert.equal(reserve.isInPlace, false)
  assert.equal(await reserve.make(), true)
  assert.equal(statSync(file).size, 3_000_000)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  reserve.release()
  assert.deepEqual([reserve.isInPlace, existsSync(file)], [false, false])
  assert.equal(await reserve.make(), true)
  rmSync(directory, { recursive: true })
})

test('what is given up while it is made is not there afterwards', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'navarch-store-'))
  const reserve = new Reserve(join(directory, 'store.db-reserve'), 3_000_000)
  const making = reserve.make()
  reserve.release()
  assert.equal(await making, false)
  rmSync(directory, { recursive: true })
})

test('a store that found the disk full is short, until the disk or its own file has room; with room of its own only, until that is half used', async () => {
  const disk = { hasRoom: false, reserves: 1, freeBytes: 0 }
  const reserve = {
    bytes: 100,
    make: async () => {
      if (disk.hasRoom) disk.reserves = 1
      return disk.reserves === 1
    },
    release: () => {
      disk.reserves = 0
    },
  }
  const room = new Room({ reserve, file: 'store.db', freeBytes: () => disk.freeBytes })
  assert.equal(room.shortage, undefined)
  room.lack()
  assert.match(String(room.shortage), /store\.db: the disk is full/)
  assert.equal(disk.reserves, 0)
  await room.look()
  assert.notEqual(room.shortage, undefined)
  disk.freeBytes = 100
  await room.look()
  assert.equal(room.shortage, undefined)
  disk.freeBytes = 49
  room.spend()
  assert.notEqual(room.shortage, undefined)
  disk.hasRoom = true
  await room.look()
  room.spend()
  assert.equal(room.shortage, undefined)
})
