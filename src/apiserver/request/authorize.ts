/** Step: may they. */
import type { Authorizer } from '../authz/authorizer.ts'
import { forbiddenAnswer, undecidedAnswer } from '../authz/forbidden.ts'
import { questionOf } from '../authz/question.ts'
import type { Step } from '../exchange.ts'

export function authorize(authorizer: Authorizer): Step {
  return async (exchange, next) => {
    const question = questionOf(exchange.user, exchange.info, exchange.request.query)
    const { verdict, reason, error } = await authorizer.decide(question, exchange.signal)
    if (verdict !== 'allow' && error !== undefined) return undecidedAnswer(exchange.request.path, error)
    if (verdict !== 'allow') return forbiddenAnswer(question, reason)
    return await next(exchange)
  }
}
