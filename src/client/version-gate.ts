/** Lets callers wait until a cache has come as far as a resourceVersion. Versions of one server are comparable numbers. */

type Waiter = { readonly version: bigint; readonly resolve: () => void }

export class VersionGate {
  #version: bigint | undefined
  readonly #waiters = new Set<Waiter>()

  /** Whether any version has been reached. */
  get isOpen(): boolean {
    return this.#version !== undefined
  }

  /** Versions do not go back: an older one changes nothing. */
  reach(version: string): void {
    const reached = numberOf(version)
    if (this.#version !== undefined && reached <= this.#version) return
    this.#version = reached
    for (const waiter of this.#waiters) {
      if (waiter.version > reached) continue
      this.#waiters.delete(waiter)
      waiter.resolve()
    }
  }

  opened(signal?: AbortSignal): Promise<void> {
    return this.#isPast(0n) ? Promise.resolve() : this.#wait(0n, signal)
  }

  reached(version: string, signal?: AbortSignal): Promise<void> {
    const wanted = numberOf(version)
    return this.#isPast(wanted) ? Promise.resolve() : this.#wait(wanted, signal)
  }

  #isPast(version: bigint): boolean {
    return this.#version !== undefined && this.#version >= version
  }

  #wait(version: bigint, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const onAbort = () => {
        this.#waiters.delete(waiter)
        reject(signal?.reason)
      }
      const waiter: Waiter = {
        version,
        resolve: () => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        },
      }
      this.#waiters.add(waiter)
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  }
}

/** A server that numbers otherwise cannot be waited for: its versions all count as reached. */
function numberOf(version: string): bigint {
  return /^\d+$/.test(version) ? BigInt(version) : 0n
}
