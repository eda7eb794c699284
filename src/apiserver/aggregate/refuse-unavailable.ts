/** Requests for versions of the API that a service would have to answer. Passing them on is not part of this server yet: none is available. */
import { APIService } from '#kinds/apiregistration/api-service.kind'
import type { Answer, Exchange, StateReader } from '../exchange.ts'

const versionPath = /^\/apis\/([^/]+)\/([^/]+)(?:\/|$)/

/** `serves`: whether this server answers for a version itself. */
export function refuseUnavailable(
  state: StateReader,
  serves: (group: string, version: string) => boolean,
  next: (exchange: Exchange) => Promise<Answer>,
): (exchange: Exchange) => Promise<Answer> {
  return async (exchange) => {
    const [, group = '', version = ''] = versionPath.exec(exchange.request.path) ?? []
    if (group === '' || serves(group, version)) return await next(exchange)
    const registered = state.get(APIService, undefined, `${version}.${group}`)
    return registered?.spec.service === undefined ? await next(exchange) : unavailable()
  }
}

function unavailable(): Answer {
  const bytes = new TextEncoder().encode('service unavailable\n')
  return {
    status: 503,
    headers: { 'x-content-type-options': 'nosniff' },
    body: { kind: 'bytes', contentType: 'text/plain; charset=utf-8', bytes },
  }
}
