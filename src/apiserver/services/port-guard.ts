/** Where servers on one store agree about node ports: the record that every claim replaces. */
import type { PortSupply } from './allocation-turn.ts'
import type { GuardState, WriteGuard } from './write-hook.ts'

export type SharedRecord = {
  readonly key: string
  /** Of the key, as of the same moment as the services that the pool has heard of; 0 where there is none. */
  readonly revision: () => number
  /** The value that says which ports are taken, by their offsets. */
  readonly encode: (ports: Iterable<number>) => Uint8Array
}

export class PortGuards {
  readonly #record: SharedRecord
  readonly #supply: PortSupply
  /** The writes of this server take turns: of several at once only one could win. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(record: SharedRecord, supply: PortSupply) {
    this.#record = record
    this.#supply = supply
  }

  /** For a write that has claimed these ports, by their offsets. */
  guard(claimed: readonly number[]): WriteGuard {
    return {
      run: <R>(write: (state: GuardState | undefined) => Promise<R>): Promise<R> => {
        const turn = this.#last.then(() => write(this.#state(claimed)))
        this.#last = turn.catch(() => undefined)
        return turn
      },
    }
  }

  /** Record and services are of one moment: if no service has the ports now, the next claim of any server has to replace this revision. */
  #state(claimed: readonly number[]): GuardState | undefined {
    const { pool } = this.#supply
    if (claimed.some((offset) => pool.isHeld(offset))) return undefined
    return { key: this.#record.key, modRevision: this.#record.revision(), value: this.#record.encode(pool.taken()) }
  }
}
