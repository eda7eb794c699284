/** The end of the chain: what a path means, and who answers it. */
import type { Answer, Exchange } from '../exchange.ts'
import { pageNotFound } from '../request/error-answer.ts'

/** Answers the paths that it knows and passes on the others. */
export type Route = (exchange: Exchange) => Answer | undefined | Promise<Answer | undefined>

export type DispatchDeps = {
  readonly resources: (exchange: Exchange) => Promise<Answer>
  readonly routes: readonly Route[]
}

export function dispatcher({ resources, routes }: DispatchDeps): (exchange: Exchange) => Promise<Answer> {
  return async (exchange) => {
    if (exchange.info.isResourceRequest) return await resources(exchange)
    for (const route of routes) {
      const answer = await route(exchange)
      if (answer !== undefined) return answer
    }
    return pageNotFound()
  }
}
