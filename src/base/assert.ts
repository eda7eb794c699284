/** States what the code relies on. A failure is a bug in Navarch, never bad input. */
export function assert(condition: unknown, why: string): asserts condition {
  if (!condition) throw new BugError(why)
}

/** The end of a `switch` over a closed set: the compiler proves that it is not reached. */
export function unreachable(value: never): never {
  throw new BugError(`unexpected value ${JSON.stringify(value)}`)
}

/** A broken assumption. Border guards turn it into one loud failure. */
class BugError extends Error {
  override readonly name = 'BugError'
}
