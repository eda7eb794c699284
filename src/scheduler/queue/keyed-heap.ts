/** A binary heap whose items can be taken out by key. `isBefore` must not change its mind while an item is inside. */
export class KeyedHeap<T> {
  readonly #items: T[] = []
  readonly #places = new Map<string, number>()
  readonly #keyOf: (item: T) => string
  readonly #isBefore: (a: T, b: T) => boolean

  constructor(keyOf: (item: T) => string, isBefore: (a: T, b: T) => boolean) {
    this.#keyOf = keyOf
    this.#isBefore = isBefore
  }

  get size(): number {
    return this.#items.length
  }

  peek(): T | undefined {
    return this.#items[0]
  }

  push(item: T): void {
    this.delete(this.#keyOf(item))
    this.#put(this.#items.length, item)
    this.#rise(this.#items.length - 1)
  }

  pop(): T | undefined {
    const [first] = this.#items
    if (first !== undefined) this.delete(this.#keyOf(first))
    return first
  }

  delete(key: string): boolean {
    const place = this.#places.get(key)
    const last = this.#items.at(-1)
    if (place === undefined || last === undefined) return false
    this.#items.pop()
    this.#places.delete(key)
    if (place < this.#items.length) {
      this.#put(place, last)
      this.#sink(this.#rise(place))
    }
    return true
  }

  #rise(from: number): number {
    let place = from
    while (place > 0 && this.#isOrdered(place, (place - 1) >> 1)) place = this.#swap(place, (place - 1) >> 1)
    return place
  }

  #sink(from: number): void {
    for (let place = from; ; ) {
      const [left, right] = [2 * place + 1, 2 * place + 2]
      const child = this.#isOrdered(right, left) ? right : left
      if (!this.#isOrdered(child, place)) return
      place = this.#swap(place, child)
    }
  }

  /** Whether there is an item at `a` and it comes before the one at `b`. */
  #isOrdered(a: number, b: number): boolean {
    const [first, second] = [this.#items[a], this.#items[b]]
    return first !== undefined && second !== undefined && this.#isBefore(first, second)
  }

  #swap(a: number, b: number): number {
    const [first, second] = [this.#items[a], this.#items[b]]
    if (first !== undefined) this.#put(b, first)
    if (second !== undefined) this.#put(a, second)
    return b
  }

  #put(place: number, item: T): void {
    this.#items[place] = item
    this.#places.set(this.#keyOf(item), place)
  }
}
