/** A failure as an answer: the Status object, with the headers that go with it. */
import { goJsonLine } from '#base/encoding/go-json'
import type { StatusError } from '#meta/status'
import type { Answer } from '../exchange.ts'

const encoder = new TextEncoder()

export function errorAnswer(error: StatusError): Answer {
  const body = bodyOf(error)
  const seconds = error.details?.retryAfterSeconds
  return {
    status: error.code,
    ...(seconds === undefined ? {} : { headers: { 'retry-after': String(seconds) } }),
    body: { kind: 'object', bytes: () => goJsonLine(body), object: () => body },
  }
}

/** The failure of an expired page carries the token to go on with. */
function bodyOf(error: StatusError): unknown {
  const token = 'continueToken' in error && typeof error.continueToken === 'string' ? error.continueToken : undefined
  return token === undefined ? error.body() : { ...error.body(), metadata: { continue: token } }
}

/** What a mux answers for a path that nobody has: plain text, as upstream. */
export function pageNotFound(): Answer {
  const bytes = encoder.encode('404 page not found\n')
  return {
    status: 404,
    headers: { 'x-content-type-options': 'nosniff' },
    body: { kind: 'bytes', contentType: 'text/plain; charset=utf-8', bytes },
  }
}
