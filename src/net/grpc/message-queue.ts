/** Messages between a connection that pushes and a reader that pulls; the connection is held up while much lies unread. */

/** What holds the sender up and lets it go on. */
export type Flow = { pause(): void; resume(): void }

type Waiter<T> = { readonly resolve: (result: IteratorResult<T, undefined>) => void; readonly reject: (error: unknown) => void }

const unreadMax = 16

export class MessageQueue<T> {
  #unread: T[] = []
  #waiter: Waiter<T> | undefined
  #end: { readonly error?: unknown } | undefined
  #flow: Flow | undefined
  #isPaused = false

  /** From now on the flow follows what is unread. */
  regulate(flow: Flow): void {
    this.#flow = flow
  }

  push(message: T): void {
    if (this.#waiter !== undefined) {
      this.#takeWaiter()?.resolve({ done: false, value: message })
      return
    }
    this.#unread.push(message)
    if (this.#unread.length < unreadMax || this.#isPaused) return
    this.#isPaused = true
    this.#flow?.pause()
  }

  /** What is unread stays readable. */
  end(): void {
    this.#end ??= {}
    this.#takeWaiter()?.resolve({ done: true, value: undefined })
  }

  /** Readers get the error after what is unread. */
  fail(error: unknown): void {
    this.#end ??= { error }
    this.#takeWaiter()?.reject(error)
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const message = this.#unread.shift()
    if (message !== undefined) {
      if (this.#isPaused && this.#unread.length === 0) {
        this.#isPaused = false
        this.#flow?.resume()
      }
      return Promise.resolve({ done: false, value: message })
    }
    if (this.#end === undefined) return new Promise((resolve, reject) => (this.#waiter = { resolve, reject }))
    return 'error' in this.#end ? Promise.reject(this.#end.error) : Promise.resolve({ done: true, value: undefined })
  }

  #takeWaiter(): Waiter<T> | undefined {
    const waiter = this.#waiter
    this.#waiter = undefined
    return waiter
  }
}
