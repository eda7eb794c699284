/**
 * The numbers from 0 to `size` - 1, each free or taken. A number is taken while an object holds it, or while a write
 * that is under way has claimed it.
 */
import type { Random } from '#base/env/random'

export type PoolOptions = {
  readonly size: number
  /** Numbers below are given out by chance only when all others are taken, so that people can choose them. */
  readonly reservedForChoice: number
  readonly random: Random
}

export class NumberPool {
  readonly #options: PoolOptions
  readonly #holders = new Map<number, number>()
  readonly #claims = new Set<number>()

  constructor(options: PoolOptions) {
    this.#options = options
  }

  /** An object that exists has the number; may be called for several objects. */
  hold(number: number): void {
    this.#holders.set(number, (this.#holders.get(number) ?? 0) + 1)
  }

  release(number: number): void {
    const left = (this.#holders.get(number) ?? 0) - 1
    if (left > 0) this.#holders.set(number, left)
    else this.#holders.delete(number)
  }

  isHeld(number: number): boolean {
    return this.#holders.has(number)
  }

  isTaken(number: number): boolean {
    return this.#holders.has(number) || this.#claims.has(number)
  }

  /** False when somebody has it. */
  claim(number: number): boolean {
    if (this.isTaken(number)) return false
    this.#claims.add(number)
    return true
  }

  /** A free number by chance; undefined when there is none. */
  claimAny(): number | undefined {
    const { size, reservedForChoice } = this.#options
    const number = this.#anyBetween(reservedForChoice, size) ?? this.#anyBetween(0, reservedForChoice)
    if (number !== undefined) this.#claims.add(number)
    return number
  }

  /** All that are held or claimed. */
  taken(): Iterable<number> {
    return this.#claims.union(new Set(this.#holders.keys()))
  }

  unclaim(number: number): void {
    this.#claims.delete(number)
  }

  /** The first free one at or behind a number chosen by chance, going round. */
  #anyBetween(from: number, to: number): number | undefined {
    const count = to - from
    const start = Math.floor(this.#options.random.float() * count)
    for (let step = 0; step < count; step++) {
      const number = from + ((start + step) % count)
      if (!this.isTaken(number)) return number
    }
    return undefined
  }
}
