/** From single outcomes to a verdict: it turns only when as many in a row agree as the thresholds ask for. Pure. */
import type { ProbeVerdict } from '../pods/plan.ts'

export type ProbeType = 'startup' | 'readiness' | 'liveness'
export type VerdictState = {
  readonly verdict: ProbeVerdict
  readonly lastResult: 'success' | 'failure' | undefined
  readonly runLength: number
}
export type Thresholds = { readonly successThreshold?: number | undefined; readonly failureThreshold?: number | undefined }

const failureThresholdDefault = 3

/** As upstream: not ready until it says so, alive until it says otherwise. */
const initialVerdicts: Readonly<Record<ProbeType, ProbeVerdict>> = { startup: 'unknown', readiness: 'failure', liveness: 'success' }

export function initialVerdictState(type: ProbeType): VerdictState {
  return { verdict: initialVerdicts[type], lastResult: undefined, runLength: 0 }
}

export function afterResult(state: VerdictState, result: 'success' | 'failure', thresholds: Thresholds): VerdictState {
  const runLength = state.lastResult === result ? state.runLength + 1 : 1
  const wanted = result === 'success' ? (thresholds.successThreshold ?? 1) : (thresholds.failureThreshold ?? failureThresholdDefault)
  return { verdict: runLength >= wanted ? result : state.verdict, lastResult: result, runLength }
}
