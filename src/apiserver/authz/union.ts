/** Several authorizers as one: asked in order, the first that allows or denies decides. */
import { type AccessQuestion, type Authorizer, type Decision, noOpinion } from './authorizer.ts'

export function unionAuthorizer(authorizers: readonly Authorizer[]): Authorizer {
  return { name: 'union', decide: (question, signal) => decideFrom(0, nothingYet, authorizers, question, signal) }
}

/** Stays synchronous as long as the authorizers do: every request passes here. */
function decideFrom(
  start: number,
  before: Collected,
  authorizers: readonly Authorizer[],
  question: AccessQuestion,
  signal: AbortSignal | undefined,
): Decision | Promise<Decision> {
  let collected = before
  for (let index = start; index < authorizers.length; index++) {
    const decision = authorizers[index]?.decide(question, signal) ?? noOpinion()
    if (decision instanceof Promise) {
      const soFar = collected
      return decision.then((settled) => {
        if (settled.verdict !== 'no-opinion') return settled
        return decideFrom(index + 1, withOpinionless(soFar, settled), authorizers, question, signal)
      })
    }
    if (decision.verdict !== 'no-opinion') return decision
    collected = withOpinionless(collected, decision)
  }
  const { reasons, error } = collected
  return error === undefined ? noOpinion(reasons.join('\n')) : { ...noOpinion(reasons.join('\n')), error }
}

type Collected = { readonly reasons: readonly string[]; readonly error?: Error }

const nothingYet: Collected = { reasons: [] }

function withOpinionless(collected: Collected, { reason, error = collected.error }: Decision): Collected {
  if (reason === '' && error === collected.error) return collected
  return { reasons: reason === '' ? collected.reasons : [...collected.reasons, reason], ...(error && { error }) }
}
