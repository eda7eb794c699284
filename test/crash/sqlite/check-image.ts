/** Opens a store on what a cut has left, and checks it. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { VirtualClock } from '#base/env/virtual-clock'
import { openSqliteStore } from '#store/sqlite/sqlite-store'
import type { DiskImage } from '../disk/disk-model.ts'
import { writeImage } from '../place.ts'
import { reserveBytes } from './recorded-load.ts'
import { type Acknowledged, checkRecovered, type RecoveryOptions, type Witness } from './witness.ts'

/** What must be true of it. */
export type ImageCheck = RecoveryOptions & {
  readonly witness: Witness
  readonly acknowledged: Acknowledged
  /** The store's directory, relative to the root of the image. */
  readonly store: string
  /** Which cut this is, in words. */
  readonly story: string
  /** Where the image is left if it is not right. */
  readonly directory: string
}

/** Gives the revision that the store came back with. Rejects with the story if it does not open by itself, has lost something or does not go on. */
export async function checkImage(
  image: DiskImage,
  { witness, store: path, acknowledged, isExact, story, directory }: ImageCheck,
): Promise<number> {
  // In memory where there is such a place: nothing more is to be lost here.
  const place = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'navarch-crash-state-'))
  try {
    writeImage(image, place)
    await using store = await openSqliteStore({ clock: new VirtualClock(), directory: join(place, path), reserveBytes })
    return await checkRecovered(store, witness, acknowledged, { isExact })
  } catch (error) {
    writeImage(image, join(directory, 'state'))
    throw new Error(`${story}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  } finally {
    rmSync(place, { recursive: true })
  }
}
