/**
 * How many sandboxes are made at once. More at once are not there sooner: each needs a processor, and the kernel's locks on mounts and
 * networks make them wait for each other. In turn, the first pods run while the last ones still wait.
 */
import type { Clock } from '#base/env/clock'

/** One that takes so long hangs, and gives its place away. */
const patienceMs = 5000

export class StartLimit {
  readonly #clock: Clock
  readonly #countMax: number
  readonly #waiting = new Set<() => void>()
  #count = 0

  constructor(clock: Clock, countMax: number) {
    this.#clock = clock
    this.#countMax = countMax
  }

  /** Starts when its turn comes, first come, first served. Rejects with the signal's reason when that comes first. */
  async run<T>(start: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.#turn(signal)
    using place = new DisposableStack()
    place.defer(() => this.#leave())
    using _patience = this.#clock.setTimer(patienceMs, () => place.dispose())
    return await start()
  }

  async #turn(signal: AbortSignal): Promise<void> {
    if (this.#count >= this.#countMax) await this.#queued(signal)
    else this.#count++
  }

  /** Who leaves hands its place on: the count stays. */
  #queued(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener('abort', giveUp)
        resolve()
      }
      const giveUp = () => {
        this.#waiting.delete(enter)
        reject(signal.reason)
      }
      if (signal.aborted) return reject(signal.reason)
      signal.addEventListener('abort', giveUp, { once: true })
      this.#waiting.add(enter)
    })
  }

  #leave(): void {
    const [next] = this.#waiting
    if (next === undefined) this.#count--
    else {
      this.#waiting.delete(next)
      next()
    }
  }
}
