/** What a fuzz run draws, all from one seed: the same seed gives the same cases. */
import assert from 'node:assert/strict'
import { seededRandom } from '#base/env/random'

export type Draw = ReturnType<typeof drawer>

export function drawer(seed: number) {
  const random = seededRandom(seed)
  const below = (limit: number) => Math.floor(random.float() * limit)
  const oneOf = <T>(values: readonly T[]): T => {
    const value = values[below(values.length)]
    assert(value !== undefined, 'nothing to draw from')
    return value
  }
  return {
    /** A whole number from 0 on. */
    below,
    oneOf,
    /** True in one of `times` draws. */
    oneIn: (times: number) => below(times) === 0,
    /** Small numbers often, large ones seldom. */
    skewed: (limit: number) => Math.floor(limit ** random.float()) - 1,
    bytes: (count: number) => Uint8Array.from({ length: count }, () => below(256)),
    /** `count` values, each drawn anew. */
    times: <T>(count: number, value: () => T): T[] => Array.from({ length: count }, value),
    /** A text over an alphabet. */
    text: (alphabet: string, count: number) => Array.from({ length: count }, () => alphabet[below(alphabet.length)]).join(''),
  }
}
