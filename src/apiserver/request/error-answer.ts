/** A failure as an answer: the Status object, with the headers that go with it. */
import { goJson, goJsonLine, indented } from '#base/encoding/go-json'
import { formatYaml } from '#base/encoding/yaml'
import type { StatusError } from '#meta/status'
import type { Answer, Body, IncomingRequest } from '../exchange.ts'
import { type OutputForm, plainForm, unrefusedForm } from './negotiate.ts'

const encoder = new TextEncoder()

/** In the form that the client of `request` accepts; where there is none, set out for people, as upstream. */
export function errorAnswer(error: StatusError, request?: IncomingRequest): Answer {
  const body = bodyOf(error)
  const seconds = error.details?.retryAfterSeconds
  return {
    status: error.code,
    ...(seconds === undefined ? {} : { headers: { 'retry-after': String(seconds) } }),
    body: formedBody(body, request === undefined ? plainForm : unrefusedForm(request)),
  }
}

function formedBody(body: unknown, form: OutputForm | undefined): Body {
  if (form?.format === 'yaml') return { kind: 'bytes', contentType: 'application/yaml', bytes: encoder.encode(formatYaml(body)) }
  if (form === undefined || form.isPretty)
    return { kind: 'bytes', contentType: 'application/json', bytes: encoder.encode(indented(goJson(body))) }
  return { kind: 'object', bytes: () => goJsonLine(body), object: () => body }
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
