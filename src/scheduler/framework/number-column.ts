/** One number for each node, by slot: a typed array that grows when it is written to. What was never written is 0. */
export class NumberColumn {
  #values = new Float64Array(64)

  get(slot: number): number {
    return this.#values[slot] ?? 0
  }

  set(slot: number, value: number): void {
    if (slot >= this.#values.length) this.#grow(slot)
    this.#values[slot] = value
  }

  add(slot: number, amount: number): void {
    this.set(slot, this.get(slot) + amount)
  }

  #grow(slot: number): void {
    const larger = new Float64Array(Math.max(this.#values.length * 2, slot + 1))
    larger.set(this.#values)
    this.#values = larger
  }
}
