/**
 * A map from strings to values that keeps its keys sorted (by UTF-16 code units) and can tell a key's rank.
 *
 * Keys lie in blocks of bounded size: a change moves at most one block's worth of pointers, and a scan runs over plain arrays.
 * Invariants: no block is empty, except that an empty map has none at all; keys rise within and across blocks.
 */
export class SortedMap<V extends object> {
  readonly #blocks: Block<V>[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  get(key: string): V | undefined {
    const block = this.#blocks[this.#blockIndex(key)]
    if (block === undefined) return undefined
    const at = lowerBound(block.keys, key)
    return block.keys[at] === key ? block.values[at] : undefined
  }

  set(key: string, value: V): void {
    const index = this.#blockIndex(key)
    const block = this.#blocks[index]
    if (block === undefined) {
      this.#append(key, value)
      return
    }
    const at = lowerBound(block.keys, key)
    if (block.keys[at] === key) {
      block.values[at] = value
      return
    }
    block.keys.splice(at, 0, key)
    block.values.splice(at, 0, value)
    this.#size++
    if (block.keys.length > blockLengthMax) this.#split(index, block)
  }

  delete(key: string): boolean {
    const index = this.#blockIndex(key)
    const block = this.#blocks[index]
    if (block === undefined) return false
    const at = lowerBound(block.keys, key)
    if (block.keys[at] !== key) return false
    block.keys.splice(at, 1)
    block.values.splice(at, 1)
    this.#size--
    if (block.keys.length === 0) this.#blocks.splice(index, 1)
    return true
  }

  /** The number of keys below the given one. */
  rank(key: string): number {
    const index = this.#blockIndex(key)
    let below = 0
    for (let i = 0; i < index; i++) below += this.#blocks[i]?.keys.length ?? 0
    const block = this.#blocks[index]
    return block === undefined ? below : below + lowerBound(block.keys, key)
  }

  /** The pairs from `from` up to but without `to`, in order. The map must not change while they are read. */
  *entries(from: string, to: string | undefined): Generator<[string, V], void> {
    for (let index = this.#blockIndex(from); index < this.#blocks.length; index++) {
      const block = this.#blocks[index]
      if (block === undefined) return
      for (let at = lowerBound(block.keys, from); at < block.keys.length; at++) {
        const key = block.keys[at]
        const value = block.values[at]
        if (key === undefined || value === undefined || (to !== undefined && key >= to)) return
        yield [key, value]
      }
    }
  }

  /** The first block whose last key is not below the given one; the number of blocks if there is none. */
  #blockIndex(key: string): number {
    let low = 0
    let high = this.#blocks.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const last = this.#blocks[middle]?.keys.at(-1)
      if (last !== undefined && last < key) low = middle + 1
      else high = middle
    }
    return low
  }

  #append(key: string, value: V): void {
    const last = this.#blocks.at(-1)
    if (last === undefined || last.keys.length >= blockLengthMax) {
      this.#blocks.push({ keys: [key], values: [value] })
    } else {
      last.keys.push(key)
      last.values.push(value)
    }
    this.#size++
  }

  #split(index: number, block: Block<V>): void {
    const half = block.keys.length >>> 1
    this.#blocks.splice(index + 1, 0, { keys: block.keys.splice(half), values: block.values.splice(half) })
  }
}

type Block<V extends object> = { readonly keys: string[]; readonly values: V[] }

const blockLengthMax = 512

function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const candidate = keys[middle]
    if (candidate !== undefined && candidate < key) low = middle + 1
    else high = middle
  }
  return low
}
