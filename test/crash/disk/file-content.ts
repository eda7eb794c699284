/**
 * One file between the page cache and the disk: what is surely on disk, and what has been written since and may be there or not.
 *
 * A sync that succeeds puts the pages on disk that were written since the last sync, whole, as they are in the cache.
 * A sync that fails marks them clean all the same (as Linux does): what they held is on disk or not, and no later sync helps,
 * unless the page is written again.
 */
import type { Random } from '#base/env/random'

/** A change that may be lost. */
type Pending =
  | { readonly type: 'write'; readonly place: number; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly type: 'size'; readonly place: number; readonly size: number }

/** What becomes of changes that were not synced. */
export type Survival = {
  /** Changes made later than this place in the trace are lost. */
  readonly lastPlace: number
  /** The chance of each piece to survive. */
  readonly chance: number
  /** Pieces into which a write may tear, in bytes, aligned in the file; undefined: it survives whole or not at all. */
  readonly pieceBytes: number | undefined
  /** Whether a file has become longer even if what was written at its end is lost: it reads as zeros there. */
  readonly keepsSize: boolean
  readonly random: Random
}

const pageBytes = 4096

export class FileContent {
  readonly #cache = new Bytes()
  readonly #disk = new Bytes()
  #pending: Pending[] = []
  #doubtful: Pending[] = []

  write(place: number, offset: number, bytes: Uint8Array): void {
    this.#cache.write(offset, bytes)
    this.#pending.push({ type: 'write', place, offset, bytes })
  }

  resize(place: number, size: number): void {
    this.#cache.resize(size)
    this.#pending.push({ type: 'size', place, size })
  }

  allocate(place: number, size: number): void {
    if (size > this.#cache.size) this.resize(place, size)
  }

  sync(): void {
    const shortest = Math.min(...this.#pending.map((change) => (change.type === 'size' ? change.size : Number.POSITIVE_INFINITY)))
    if (shortest < this.#disk.size) this.#disk.resize(shortest)
    this.#disk.resize(this.#cache.size)
    const pages = new Set(this.#pending.flatMap(pagesOf))
    for (const page of pages) this.#disk.copyRange(this.#cache, page * pageBytes, (page + 1) * pageBytes)
    this.#doubtful = this.#doubtful.filter((change) => change.type === 'write' && !pages.has(Math.floor(change.offset / pageBytes)))
    this.#pending = []
  }

  failSync(): void {
    this.#doubtful.push(...this.#pending.flatMap(splitByPage))
    this.#pending = []
  }

  /** What the disk holds after a cut. */
  survive({ lastPlace, chance, pieceBytes, keepsSize, random }: Survival): Uint8Array {
    const content = this.#disk.clone()
    const survives = () => random.float() < chance
    for (const change of [...this.#doubtful, ...this.#pending]) {
      if (change.place > lastPlace) continue
      if (change.type === 'size') {
        if (survives()) content.resize(change.size)
        continue
      }
      const end = change.offset + change.bytes.length
      if (keepsSize && end > content.size) content.resize(end)
      for (const piece of piecesOf(change, pieceBytes)) if (survives()) content.write(piece.offset, piece.bytes)
    }
    return content.bytes()
  }

  /** What a reader of the running machine sees. */
  current(): Uint8Array {
    return this.#cache.bytes()
  }
}

type Write = Pending & { type: 'write' }

function pagesOf(change: Pending): number[] {
  if (change.type === 'size') return []
  const first = Math.floor(change.offset / pageBytes)
  const last = Math.floor((change.offset + change.bytes.length - 1) / pageBytes)
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}

function splitByPage(change: Pending): Pending[] {
  return change.type === 'size' ? [change] : [...piecesOf(change, pageBytes)]
}

function* piecesOf(write: Write, pieceBytes: number | undefined): Generator<Write, void> {
  if (pieceBytes === undefined) return yield write
  for (let start = 0; start < write.bytes.length; ) {
    const offset = write.offset + start
    const length = Math.min(pieceBytes - (offset % pieceBytes), write.bytes.length - start)
    yield { ...write, offset, bytes: write.bytes.subarray(start, start + length) }
    start += length
  }
}

/** Bytes that grow; what was never written is zero. */
class Bytes {
  #bytes = new Uint8Array(pageBytes)
  size = 0

  write(offset: number, bytes: Uint8Array): void {
    if (offset + bytes.length > this.size) this.resize(offset + bytes.length)
    this.#bytes.set(bytes, offset)
  }

  resize(size: number): void {
    if (size > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(size, this.#bytes.length * 2))
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    if (size < this.size) this.#bytes.fill(0, size, this.size)
    this.size = size
  }

  copyRange(from: Bytes, start: number, end: number): void {
    const last = Math.min(end, from.size)
    if (start < last) this.#bytes.set(from.#bytes.subarray(start, last), start)
  }

  clone(): Bytes {
    const copy = new Bytes()
    copy.write(0, this.bytes())
    return copy
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.size)
  }
}
