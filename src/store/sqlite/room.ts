/**
 * Whether the store may grow. Ample: the reserve is in place, or will be. Lean: it is not, but as much is free inside of the database.
 * Short: neither; only what makes room may be written, and the reserve that was given up is for that.
 */
import type { Reserve } from './reserve.ts'

type RoomDeps = { readonly reserve: Pick<Reserve, 'bytes' | 'make' | 'release'>; readonly freeBytes: () => number; readonly file: string }

export class Room {
  readonly #deps: RoomDeps
  #state: 'ample' | 'lean' | 'short' = 'ample'

  constructor(deps: RoomDeps) {
    this.#deps = deps
  }

  /** Why the store may not grow, if so. */
  get shortage(): string | undefined {
    if (this.#state !== 'short') return undefined
    return `${this.#deps.file}: the disk is full: delete objects or make room on the disk, and the store goes on by itself`
  }

  /** The disk has refused a write for lack of room. */
  lack(): void {
    this.#state = 'short'
    this.#deps.reserve.release()
  }

  /** To be called behind every commit. */
  spend(): void {
    if (this.#state === 'lean' && this.#deps.freeBytes() < this.#deps.reserve.bytes / 2) this.#state = 'short'
  }

  /** Looks for room, on the disk first. */
  async look(): Promise<void> {
    const { reserve, freeBytes } = this.#deps
    if (this.#state === 'ample') return
    if (await reserve.make()) this.#state = 'ample'
    else this.#state = freeBytes() >= reserve.bytes ? 'lean' : 'short'
  }
}
