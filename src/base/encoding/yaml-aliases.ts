/**
 * What aliases make of a YAML document: a few lines can stand for more values than any memory holds, or for a value within itself. Counts
 * what a walk over all of it would meet, as upstream's reader does, and stops where that is out of proportion.
 */

/** As upstream: up to the first count nearly all may come through aliases, from the second on a tenth. */
const generousCount = 400_000
const strictCount = 4_000_000
/** Large texts are few values: what they come to together is bounded by itself. */
const textLengthMax = 64 * 1024 * 1024

/** Why the value is refused; undefined if it is not. */
export function aliasFault(value: unknown): string | undefined {
  try {
    new Walk().visit(value, false)
  } catch (error) {
    if (error instanceof Refusal) return error.message
    throw error
  }
  return undefined
}

class Refusal extends Error {}

class Walk {
  #count = 0
  #aliasedCount = 0
  #textLength = 0
  readonly #open = new Set<object>()
  readonly #met = new Set<object>()

  visit(value: unknown, isAliased: boolean): void {
    if (typeof value !== 'object' || value === null) return this.#weigh(value, isAliased)
    if (this.#open.has(value)) throw new Refusal('anchor value contains itself')
    const isBelowAlias = isAliased || this.#met.has(value)
    this.#weigh(value, isBelowAlias)
    this.#met.add(value)
    this.#open.add(value)
    for (const inner of Array.isArray(value) ? value : Object.values(value)) this.visit(inner, isBelowAlias)
    this.#open.delete(value)
  }

  #weigh(value: unknown, isAliased: boolean): void {
    this.#count++
    if (isAliased) this.#aliasedCount++
    if (typeof value === 'string') this.#textLength += value.length
    const isExcessive = this.#aliasedCount > 100 && this.#count > 1000 && this.#aliasedCount / this.#count > allowedShare(this.#count)
    if (isExcessive || this.#textLength > textLengthMax) throw new Refusal('document contains excessive aliasing')
  }
}

function allowedShare(count: number): number {
  if (count <= generousCount) return 0.99
  if (count >= strictCount) return 0.1
  return 0.99 - (0.89 * (count - generousCount)) / (strictCount - generousCount)
}
