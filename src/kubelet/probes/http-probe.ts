/** A GET that must be answered with a status from 200 to 399. Redirects are followed as long as they stay on the host. */
import { type IncomingMessage, request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import type { Container, HTTPGetAction } from '#kinds/core/types.gen'
import { portOf } from '../pods/hooks.ts'
import type { ProbeOutcome } from './probe-outcome.ts'

const bodyBytesMax = 10 << 10
const redirectsMax = 10

/** The signal is aborted when the probe's time is over. */
export async function httpProbe(get: HTTPGetAction, container: Container, host: string, signal: AbortSignal): Promise<ProbeOutcome> {
  const url = urlOf(get, container, host)
  const headers = headersOf(get)
  let at = url
  for (let redirectCount = 0; ; redirectCount++) {
    const answer = await fetchOnce(at, headers, signal)
    if ('failure' in answer) return { result: 'failure', message: `Get ${JSON.stringify(shownUrl(at))}: ${answer.failure}` }
    if ('broken' in answer) return { result: 'error', message: answer.broken }
    const { status, location, body } = answer
    if (status < 200 || status >= 400) return { result: 'failure', message: `HTTP probe failed with statuscode: ${status}` }
    if (status < 300 || location === undefined || status === 304) return { result: 'success' }
    const next = new URL(location, at)
    // As upstream: what another host says tells nothing about this container.
    if (next.hostname !== url.hostname) return { result: 'warning', message: `Probe terminated redirects, Response body: ${body}` }
    if (redirectCount + 1 >= redirectsMax)
      return { result: 'failure', message: `Get ${JSON.stringify(shownUrl(next))}: stopped after ${redirectsMax} redirects` }
    at = next
  }
}

function urlOf(get: HTTPGetAction, container: Container, host: string): URL {
  const name = get.host || host
  const bracketed = name.includes(':') ? `[${name}]` : name
  const path = get.path?.startsWith('/') ? get.path : `/${get.path ?? ''}`
  return new URL(`${(get.scheme ?? 'HTTP').toLowerCase()}://${bracketed}:${portOf(container, get.port)}${path}`)
}

function headersOf(get: HTTPGetAction): Readonly<Record<string, string[]>> {
  const headers: Record<string, string[]> = { 'user-agent': ['kube-probe/1.36'], accept: ['*/*'] }
  const own = (get.httpHeaders ?? []).map(({ name, value }): readonly [string, string] => [name.toLowerCase(), value])
  for (const [name] of own) headers[name] = []
  for (const [name, value] of own) headers[name]?.push(value)
  // An empty value takes a header of ours away.
  return Object.fromEntries(Object.entries(headers).filter(([, values]) => values.some((value) => value !== '')))
}

type Answer =
  | { readonly status: number; readonly location: string | undefined; readonly body: string }
  | { readonly failure: string }
  /** The status came and the body broke off. As upstream: that says nothing. */
  | { readonly broken: string }

function fetchOnce(url: URL, { host, ...headers }: Readonly<Record<string, string[]>>, signal: AbortSignal): Promise<Answer> {
  const isSecure = url.protocol === 'https:'
  const options = {
    headers: { ...headers, ...(host === undefined ? {} : { host: host[0] }), connection: 'close' },
    agent: false as const,
    signal,
    rejectUnauthorized: false, // As upstream: a probe does not check the container's certificate.
  }
  return new Promise((resolve) => {
    const request = (isSecure ? secureRequest : plainRequest)(url, options, (response) => {
      const { statusCode = 0, headers: answered } = response
      headOf(response).then(
        (body) => resolve({ status: statusCode, location: answered.location, body }),
        (error: Error) => resolve({ broken: signal.aborted ? bodyTimeoutMessage : error.message }),
      )
    })
    request.once('error', (error) => resolve({ failure: signal.aborted ? timeoutMessage : dialMessage(error, url) }))
    request.end()
  })
}

const bodyTimeoutMessage = 'context deadline exceeded (Client.Timeout or context cancellation while reading body)'
const timeoutMessage = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'

async function headOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let byteCount = 0
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk)
    chunks.push(bytes)
    byteCount += bytes.length
    if (byteCount >= bodyBytesMax) break
  }
  return Buffer.concat(chunks).toString('utf8', 0, bodyBytesMax)
}

function dialMessage(error: Error, url: URL): string {
  return goDialError(error, addressOf(url))
}

/** As upstream: the port is shown even where the scheme implies it. */
export function shownUrl(url: URL): string {
  return `${url.protocol}//${addressOf(url)}${url.pathname}${url.search}`
}

function addressOf({ hostname, port, protocol }: URL): string {
  return `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`
}

const goTexts: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'connect: connection timed out',
}

/** A failure to connect in the words that Go's `net` has for it; users and tools know them. */
export function goDialError(error: Error, address: string): string {
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'ECONNRESET') return error.message === 'socket hang up' ? 'EOF' : 'read: connection reset by peer'
  const known = goTexts[code]
  return known === undefined ? error.message : `dial tcp ${address}: ${known}`
}
