/**
 * Room on the disk that is kept for bad times: a file of nothing. When the disk is full it is given up, so that deletes and compaction,
 * which need a little room to make much, still go through. Only when it is back in place, or as much is free inside of the database, may the
 * store grow again.
 */
import { randomFillSync } from 'node:crypto'
import { rmSync, statfsSync, statSync } from 'node:fs'
import { type FileHandle, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncDirectory } from './database-file.ts'

const chunkBytes = 2 ** 20

export class Reserve {
  readonly #file: string
  readonly #bytes: number
  #isWanted = true

  /** On a small disk the reserve is smaller than asked for. */
  constructor(file: string, bytesWanted: number) {
    this.#file = file
    const { blocks, bsize } = statfsSync(dirname(file))
    this.#bytes = Math.min(bytesWanted, Math.floor((blocks * bsize) / 8))
  }

  get bytes(): number {
    return this.#bytes
  }

  get isInPlace(): boolean {
    return (statSync(this.#file, { throwIfNoEntry: false })?.size ?? -1) >= this.#bytes
  }

  /** Gives the room up. */
  release(): void {
    this.#isWanted = false
    for (const file of [this.#file, this.#unfinished]) rmSync(file, { force: true })
  }

  /** Takes the room if the disk has it and some more. Resolves with whether it is in place. */
  async make(): Promise<boolean> {
    if (this.isInPlace) return true
    const { bavail, bsize } = statfsSync(dirname(this.#file))
    if (bavail * bsize < this.#bytes * 1.25) return false
    this.#isWanted = true
    try {
      await this.#write()
    } catch {
      // Somebody else was quicker to fill the disk: there is no reserve, as before.
      rmSync(this.#unfinished, { force: true })
    }
    return this.isInPlace
  }

  get #unfinished(): string {
    return `${this.#file}.new`
  }

  async #write(): Promise<void> {
    await using handle = await open(this.#unfinished, 'w', 0o600)
    await this.#fill(handle)
    await handle.sync()
    // Given up while it was being made.
    if (!this.#isWanted) return rmSync(this.#unfinished, { force: true })
    await rename(this.#unfinished, this.#file)
    syncDirectory(dirname(this.#file))
  }

  /** With chance, so that no file system can store it in less room. */
  async #fill(handle: FileHandle): Promise<void> {
    const chunk = randomFillSync(new Uint8Array(chunkBytes))
    for (let at = 0; at < this.#bytes && this.#isWanted; at += chunkBytes) {
      await handle.write(chunk, 0, Math.min(chunkBytes, this.#bytes - at), at)
    }
  }
}
