/** Exchanges for tests of single steps of the chain. */

import type { Exchange, IncomingRequest } from '#apiserver/exchange'
import { requestInfoOf } from '#apiserver/request/parse-request-info'

const noBytes = new Uint8Array()

/** @param line A method and a target: `GET /api/v1/pods?watch=1`. */
export function requestOf(line: string, changes: Partial<IncomingRequest> = {}): IncomingRequest {
  const [method = '', target = ''] = line.split(' ')
  const [path = '', query = ''] = target.split('?')
  return { method, path, query: new URLSearchParams(query), headers: {}, readBody: () => Promise.resolve(noBytes), ...changes }
}

/** What the first steps of the chain make of a request. */
export function exchangeOf(request: IncomingRequest, changes: Partial<Exchange> = {}): Exchange {
  return {
    request,
    receivedMs: 0,
    signal: new AbortController().signal,
    info: requestInfoOf(request.method, request.path, request.query),
    user: { name: 'test', groups: [] },
    warnings: [],
    ...changes,
  }
}
