/** Of the nodes where pods could make room, the one where it hurts least: each rule decides among those that the rules before left. */
import { type Candidate, startedMs } from './victims.ts'

type Rule = (candidate: Candidate) => number

/** Less is better. */
const rules: readonly Rule[] = [
  ({ violationCount }) => violationCount,
  ({ victims }) => victims[0]?.priority ?? Number.NEGATIVE_INFINITY,
  // As upstream: priorities are made positive, so that fewer victims of negative priority are better than more.
  ({ victims }) => victims.reduce((sum, { priority }) => sum + priority + 2 ** 31, 0),
  ({ victims }) => victims.length,
  (candidate) => -earliestStartMs(candidate),
]

export function bestCandidate(candidates: readonly Candidate[]): Candidate | undefined {
  let left = candidates
  for (const rule of rules) {
    if (left.length <= 1) break
    const least = left.reduce((min, candidate) => Math.min(min, rule(candidate)), Number.POSITIVE_INFINITY)
    left = left.filter((candidate) => rule(candidate) === least)
  }
  return left[0]
}

/** Among the most important victims: those that have run for long are spared. */
function earliestStartMs({ victims }: Candidate): number {
  const highest = victims[0]?.priority
  return Math.min(...victims.filter(({ priority }) => priority === highest).map(startedMs))
}
