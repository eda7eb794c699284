/** Snapshots as files: written beside their place, synced, and only then given their name; for their owner's eyes only. */
import { createReadStream, existsSync } from 'node:fs'
import { link, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { StoreError } from '../store-error.ts'
import type { Dump } from './dump.ts'
import { type SnapshotHead, SnapshotReader, snapshotBytes } from './snapshot-format.ts'

/** The dump as the packed bytes of a snapshot, made while they are read. */
export function packedSnapshot(dump: Dump, nowMs: number): AsyncIterable<Uint8Array> {
  return through(() => Readable.from(snapshotBytes(dump, nowMs)), createGzip({ level: 1 }))
}

/** Writes packed bytes, such as `packedSnapshot` gives, to a file, and checks what was written before it gets its name. Replaces nothing. */
export async function saveSnapshot(file: string, packed: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<SnapshotHead> {
  if (existsSync(file)) throw new StoreError('Unavailable', `${file} is there already: choose another name`)
  const unfinished = `${file}.unfinished`
  const handle = await open(unfinished, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => refused(unfinished, error))
  try {
    await pipeline(packed, handle.createWriteStream({ flush: true }), signal === undefined ? {} : { signal })
    const head = await checkSnapshot(unfinished)
    // Unlike a rename, this replaces nothing.
    await link(unfinished, file).catch((error: NodeJS.ErrnoException) => refused(file, error))
    await syncDirectory(dirname(file))
    return head
  } finally {
    await rm(unfinished, { force: true })
  }
}

/** Reads a snapshot to its end. Fails with Corrupt if it is not whole; gives its first line. */
export async function checkSnapshot(file: string): Promise<SnapshotHead> {
  const reader = readerOf(file)
  const head = await reader.head()
  for await (const _ of reader.records()) {
    // The reader checks.
  }
  return head
}

/** The snapshot as a dump. Its contents are checked while they are read, so that only the end of its records tells that it was whole. */
export async function openSnapshot(file: string): Promise<Dump & { readonly time: string }> {
  const reader = readerOf(file)
  const head = await reader.head()
  return { ...head, records: reader.records() }
}

function readerOf(file: string): SnapshotReader {
  return new SnapshotReader(file, unpacked(file))
}

async function* unpacked(file: string): AsyncGenerator<Uint8Array, void> {
  try {
    yield* through(() => createReadStream(file, { highWaterMark: 256 * 1024 }), createGunzip({ chunkSize: 256 * 1024 }))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!code.startsWith('E')) throw error
    throw new StoreError('Unavailable', `cannot read the snapshot ${file}: ${String(error)}`, { cause: error })
  }
}

/** What the transformation makes of the source, which is opened by the first read. Whatever fails is told to the reader. */
async function* through(open: () => Readable, transform: Transform): AsyncGenerator<Uint8Array, void> {
  // Its failure destroys the transformation, whose reader hears of it.
  pipeline(open(), transform).catch(() => undefined)
  yield* transform as AsyncIterable<Uint8Array>
}

function refused(file: string, error: NodeJS.ErrnoException): never {
  const advice = error.code === 'EEXIST' ? 'another snapshot is being written there, or was cut off: remove it' : 'choose another place'
  throw new StoreError('Unavailable', `cannot write ${file}: ${error.message}: ${advice}`, { cause: error })
}

async function syncDirectory(directory: string): Promise<void> {
  await using handle = await open(directory, 'r')
  await handle.sync()
}
