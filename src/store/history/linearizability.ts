/**
 * Is there an order of the calls that agrees with real time and in which every answer is right? The search of Wing and Gong, with Lowe's
 * memory: from the calls under way one is chosen to be next; a choice of the same calls that led to the same state is not tried twice.
 *
 * Calls of unknown outcome are put off: one is chosen only when no other call can be next, and only if it touches what a waiting call
 * touches, directly or by way of others of unknown outcome, for else it can as well come later. The question is hard in general, so the search is bounded in steps.
 */

/** A call as the search sees it. */
export type Step<S> = {
  readonly name: string
  /** What the call reads or changes. */
  readonly keys: readonly string[]
  readonly invokedAt: number
  /** Infinity for a call of unknown outcome: it may come at any time, or never. */
  readonly returnedAt: number
  /** The state after the call; undefined if it cannot have been answered so in this state. */
  readonly apply: (state: S) => S | undefined
}

/** The answer to the question. */
export type Verdict =
  | { readonly type: 'linearizable' }
  /** However the calls are ordered, the one named cannot have been answered so by the time it was. */
  | { readonly type: 'illegal'; readonly at: number; readonly name: string }
  | { readonly type: 'undecided' }

/** Searches for an order; gives up after so many steps. */
export function searchOrder<S>(steps: readonly Step<S>[], start: S, { keyOf, stepsMax }: SearchOptions<S>): Verdict {
  const search = new Search(steps, start, keyOf)
  for (let taken = 0; taken < stepsMax; taken++) {
    const verdict = search.advance()
    if (verdict !== undefined) return verdict
  }
  return { type: 'undecided' }
}

/** How states are told apart, and how long to search. */
export type SearchOptions<S> = { readonly keyOf: (state: S) => string; readonly stepsMax: number }

/** The beginning or the end of a call, in a list from which chosen calls are lifted out and put back in reverse order. */
type Mark<S> = {
  readonly place: number
  readonly step: Step<S>
  end: Mark<S> | undefined
  before: Mark<S> | undefined
  after: Mark<S> | undefined
}

/** A choice, with what is needed to take it back. */
type Choice<S> = {
  readonly step: Step<S>
  readonly state: S
  /** Where a call was lifted out; absent with a call of unknown outcome. */
  readonly mark: Mark<S> | undefined
  /** Where to go on looking after the choice is taken back. */
  readonly next: Mark<S> | undefined
  readonly nextOptional: number
}

class Search<S> {
  readonly #head: Mark<S>
  /** Calls of unknown outcome, in order of their beginning. */
  readonly #optional: readonly Step<S>[]
  readonly #keyOf: (state: S) => string
  readonly #tried = new Set<string>()
  readonly #choices: Choice<S>[] = []
  readonly #places: Map<Step<S>, number>
  readonly #isChosen: Uint8Array
  /** All calls before this place are chosen. */
  #low = 0
  /** No call from this place on has been chosen yet. */
  #high = 0
  #state: S
  #at: Mark<S> | undefined
  #optionalAt = 0
  #deepest = { depth: -1, at: 0, name: '' }

  constructor(steps: readonly Step<S>[], start: S, keyOf: (state: S) => string) {
    const sorted = steps.toSorted((a, b) => a.invokedAt - b.invokedAt)
    const certain = sorted.filter(({ returnedAt }) => returnedAt !== Number.POSITIVE_INFINITY)
    this.#optional = sorted.filter(({ returnedAt }) => returnedAt === Number.POSITIVE_INFINITY)
    this.#head = linked(certain)
    this.#places = new Map([...certain, ...this.#optional].map((step, i) => [step, i]))
    this.#isChosen = new Uint8Array(steps.length)
    this.#keyOf = keyOf
    this.#state = start
    this.#at = this.#head.after
  }

  /** Looks at one mark: a call that can be next is chosen, the end of one that was not chosen in time undoes the last choice. */
  advance(): Verdict | undefined {
    const mark = this.#at
    if (mark === undefined) return { type: 'linearizable' }
    if (isEnd(mark)) return this.#tryOptional(mark)
    const { step } = mark
    const state = step.apply(this.#state)
    if (state === undefined || !this.#isNew(step, state)) this.#at = mark.after
    else this.#choose({ step, state: this.#state, mark, next: mark.after, nextOptional: 0 }, state)
    return undefined
  }

  /** The call that ends here cannot be next: perhaps it can after one of unknown outcome. */
  #tryOptional(blocked: Mark<S>): Verdict | undefined {
    const waiting = this.#withOptionalKeys(this.#waitingKeys(blocked), blocked)
    for (; this.#optionalAt < this.#optional.length; this.#optionalAt++) {
      const step = this.#optional[this.#optionalAt]
      if (step === undefined || step.invokedAt > blocked.place) break
      if (this.#isChosen[this.#places.get(step) ?? 0] === 1 || !step.keys.some((key) => waiting.has(key))) continue
      const state = step.apply(this.#state)
      if (state === undefined || state === this.#state || !this.#isNew(step, state)) continue
      this.#choose({ step, state: this.#state, mark: undefined, next: blocked, nextOptional: this.#optionalAt + 1 }, state)
      return undefined
    }
    return this.#undo(blocked)
  }

  /** The keys of the calls that began before and are not chosen yet. */
  #waitingKeys(blocked: Mark<S>): Set<string> {
    const keys = new Set(blocked.step.keys)
    for (let mark = this.#head.after; mark !== undefined && mark !== blocked; mark = mark.after)
      for (const key of mark.step.keys) keys.add(key)
    return keys
  }

  /** A call of unknown outcome that may be chosen may need another one before it, which touches what it touches. */
  #withOptionalKeys(keys: Set<string>, blocked: Mark<S>): Set<string> {
    const open = this.#optional.filter((step) => step.invokedAt <= blocked.place && this.#isChosen[this.#places.get(step) ?? 0] !== 1)
    for (let size = -1; size !== keys.size; ) {
      size = keys.size
      for (const step of open) if (step.keys.some((key) => keys.has(key))) for (const key of step.keys) keys.add(key)
    }
    return keys
  }

  #isNew(step: Step<S>, state: S): boolean {
    this.#mark(step, 1)
    const key = `${this.#low} ${this.#isChosen.subarray(this.#low, this.#high).join('')} ${this.#keyOf(state)}`
    const isNew = !this.#tried.has(key)
    this.#tried.add(key)
    if (!isNew) this.#mark(step, 0)
    return isNew
  }

  #choose(choice: Choice<S>, state: S): void {
    this.#choices.push(choice)
    this.#state = state
    if (choice.mark !== undefined) {
      lift(choice.mark)
      if (choice.mark.end !== undefined) lift(choice.mark.end)
    }
    this.#at = this.#head.after
    this.#optionalAt = 0
  }

  #undo(blocked: Mark<S>): Verdict | undefined {
    if (this.#choices.length > this.#deepest.depth) {
      this.#deepest = { depth: this.#choices.length, at: blocked.place, name: blocked.step.name }
    }
    const last = this.#choices.pop()
    if (last === undefined) return { type: 'illegal', at: this.#deepest.at, name: this.#deepest.name }
    const { step, mark, state, next, nextOptional } = last
    if (mark !== undefined) {
      if (mark.end !== undefined) putBack(mark.end)
      putBack(mark)
    }
    this.#mark(step, 0)
    this.#state = state
    this.#at = next
    this.#optionalAt = nextOptional
    return undefined
  }

  #mark(step: Step<S>, chosen: 0 | 1): void {
    const place = this.#places.get(step) ?? 0
    this.#isChosen[place] = chosen
    this.#high = Math.max(this.#high, place + 1)
    if (chosen === 0) this.#low = Math.min(this.#low, place)
    else while (this.#isChosen[this.#low] === 1) this.#low++
  }
}

function linked<S>(steps: readonly Step<S>[]): Mark<S> {
  const marks = steps.flatMap((step) => {
    const begin: Mark<S> = { place: step.invokedAt, step, end: undefined, before: undefined, after: undefined }
    const end: Mark<S> = { place: step.returnedAt, step, end: undefined, before: undefined, after: undefined }
    begin.end = end
    return [begin, end]
  })
  const never: Step<S> = { name: '', keys: [], invokedAt: -1, returnedAt: -1, apply: () => undefined }
  const head: Mark<S> = { place: -1, step: never, end: undefined, before: undefined, after: undefined }
  let last = head
  for (const mark of marks.toSorted((a, b) => a.place - b.place)) {
    mark.before = last
    last.after = mark
    last = mark
  }
  return head
}

function isEnd<S>(mark: Mark<S>): boolean {
  return mark.place === mark.step.returnedAt
}

function lift<S>({ before, after }: Mark<S>): void {
  if (before !== undefined) before.after = after
  if (after !== undefined) after.before = before
}

function putBack<S>(mark: Mark<S>): void {
  if (mark.before !== undefined) mark.before.after = mark
  if (mark.after !== undefined) mark.after.before = mark
}
