/** One probe of one running container: tried at once after its delay, then once a period, until it is disposed. */
import type { Clock } from '#base/env/clock'
import type { Probe } from '#kinds/core/types.gen'
import type { ProbeVerdict } from '../pods/plan.ts'
import type { ProbeOutcome } from './probe-outcome.ts'
import { afterResult, initialVerdictState, type ProbeType, type VerdictState } from './verdict-counter.ts'

export type ProbeLoopOptions = {
  readonly type: ProbeType
  readonly probe: Probe
  readonly startedAtMs: number
  /** Stands in for the initial verdict where the container was known before this process began. */
  readonly remembered: ProbeVerdict | undefined
}

export type ProbeLoopDeps = {
  readonly clock: Clock
  readonly attempt: () => Promise<ProbeOutcome>
  readonly tell: (outcome: ProbeOutcome) => void
  readonly onVerdict: () => void
}

const attemptsMax = 3
const periodSecondsDefault = 10

export class ProbeLoop implements Disposable {
  readonly #deps: ProbeLoopDeps
  readonly #options: ProbeLoopOptions
  #state: VerdictState
  #timer: Disposable | undefined
  #isDisposed = false

  constructor(options: ProbeLoopOptions, deps: ProbeLoopDeps) {
    this.#options = options
    this.#deps = deps
    const initial = initialVerdictState(options.type)
    this.#state = { ...initial, verdict: options.remembered ?? initial.verdict }
    const dueMs = options.startedAtMs + (options.probe.initialDelaySeconds ?? 0) * 1000
    if (!this.#isDone) this.#runAfter(dueMs - deps.clock.nowMs())
  }

  get verdict(): ProbeVerdict {
    return this.#state.verdict
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true
    this.#timer?.[Symbol.dispose]()
  }

  #runAfter(delayMs: number): void {
    this.#timer = this.#deps.clock.setTimer(Math.max(delayMs, 0), () => void this.#run())
  }

  async #run(): Promise<void> {
    const { clock, tell, onVerdict } = this.#deps
    const beganMs = clock.monotonicMs()
    const outcome = await this.#attempt()
    if (this.#isDisposed) return
    if (outcome.result !== 'success') tell(outcome)
    const before = this.#state.verdict
    if (outcome.result !== 'error')
      this.#state = afterResult(this.#state, outcome.result === 'failure' ? 'failure' : 'success', this.#options.probe)
    if (!this.#isDone) this.#runAfter((this.#options.probe.periodSeconds ?? periodSecondsDefault) * 1000 - (clock.monotonicMs() - beganMs))
    if (this.#state.verdict !== before) onVerdict()
  }

  /** The container will be restarted, or has started: nothing more to find out. */
  get #isDone(): boolean {
    const { type } = this.#options
    const { verdict } = this.#state
    return (type === 'startup' && verdict !== 'unknown') || (type === 'liveness' && verdict === 'failure')
  }

  /** What could not be tried is tried again at once: that often passes. */
  async #attempt(): Promise<ProbeOutcome> {
    let outcome: ProbeOutcome = { result: 'error', message: '' }
    for (let count = 0; count < attemptsMax && outcome.result === 'error' && !this.#isDisposed; count++)
      outcome = await this.#deps.attempt()
    return outcome
  }
}
