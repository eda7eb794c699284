/**
 * What the balancer knows of the control planes, and to which it sends the next client. Pure but for its memory.
 */

/** `unready`: it answers, but says that it cannot serve. `silent`: it does not answer. */
export type Health = 'ready' | 'unready' | 'silent'

type State = { health: Health; failureCount: number }

const ranks: Readonly<Record<Health, number>> = { ready: 0, unready: 1, silent: 2 }
/** One that says itself that it cannot serve may finish what it has begun; then its clients have to go. */
const unreadyChecksMax = 3

export class Backends {
  readonly #states: ReadonlyMap<string, State>
  #turn = 0

  /** Nothing is known yet: each may be well. */
  constructor(addresses: readonly string[]) {
    this.#states = new Map(addresses.map((address) => [address, { health: 'ready', failureCount: 0 }]))
  }

  get addresses(): readonly string[] {
    return [...this.#states.keys()]
  }

  /** All of them, in the order in which they are to be tried: the healthiest first, of those the one with the fewest clients, of those in turn. */
  candidates(clientCountOf: (address: string) => number): readonly string[] {
    const addresses = this.addresses
    const turn = this.#turn++ % addresses.length
    const inTurn = [...addresses.slice(turn), ...addresses.slice(0, turn)]
    return inTurn.toSorted((one, other) => this.#rank(one) - this.#rank(other) || clientCountOf(one) - clientCountOf(other))
  }

  /** Takes the outcome of a check. True when its clients have to go elsewhere: it does not serve them, and another would. */
  observe(address: string, health: Health): boolean {
    const state = this.#states.get(address)
    if (state === undefined) return false
    state.failureCount = health === 'ready' ? 0 : state.failureCount + 1
    state.health = health
    const isLost = health === 'silent' || state.failureCount >= unreadyChecksMax
    return isLost && health !== 'ready' && [...this.#states.values()].some((other) => other.health === 'ready')
  }

  healthOf(address: string): Health {
    return this.#states.get(address)?.health ?? 'silent'
  }

  #rank(address: string): number {
    return ranks[this.healthOf(address)]
  }
}
