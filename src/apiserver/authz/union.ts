/** Several authorizers as one: asked in order, the first that allows or denies decides. */
import { type AccessQuestion, type Authorizer, type Decision, noOpinion } from './authorizer.ts'

export function unionAuthorizer(authorizers: readonly Authorizer[]): Authorizer {
  return { name: 'union', decide: (question, signal) => decideFrom(0, [], authorizers, question, signal) }
}

/** Stays synchronous as long as the authorizers do: every request passes here. */
function decideFrom(
  start: number,
  reasons: readonly string[],
  authorizers: readonly Authorizer[],
  question: AccessQuestion,
  signal: AbortSignal | undefined,
): Decision | Promise<Decision> {
  const collected = [...reasons]
  for (let index = start; index < authorizers.length; index++) {
    const decision = authorizers[index]?.decide(question, signal) ?? noOpinion()
    if (decision instanceof Promise) {
      return decision.then((settled) => {
        if (settled.verdict !== 'no-opinion') return settled
        return decideFrom(index + 1, withReason(collected, settled), authorizers, question, signal)
      })
    }
    if (decision.verdict !== 'no-opinion') return decision
    if (decision.reason !== '') collected.push(decision.reason)
  }
  return noOpinion(collected.join('\n'))
}

function withReason(reasons: readonly string[], { reason }: Decision): readonly string[] {
  return reason === '' ? reasons : [...reasons, reason]
}
