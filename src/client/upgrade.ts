/** Turns an HTTP/1.1 request into a raw two-way stream: exec, attach and port-forward over WebSocket or SPDY. */
import { type ClientRequest, type IncomingMessage, request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import type { Duplex } from 'node:stream'
import { connectionErrorOf, requestName } from './connection-failure.ts'
import { type Endpoint, type Headers, type QueryValue, targetOf, tlsOptionsOf } from './endpoint.ts'
import { errorOf } from './http-transport.ts'
import { headersOf } from './wire.ts'

export type UpgradeRequest = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** A list gives the parameter several times, as `command` needs it. */
  readonly query?: Readonly<Record<string, QueryValue>>
  /** `Upgrade` and what belongs to it; `Connection: Upgrade` is added. */
  readonly headers: Headers
}

/** The connection after the server's 101; `head` holds bytes that came along with it. */
export type Upgraded = { readonly socket: Duplex; readonly head: Uint8Array; readonly headers: Headers }

/** Rejects with a StatusError when the server answers anything but 101. */
export async function upgrade(endpoint: Endpoint, wanted: UpgradeRequest, signal?: AbortSignal): Promise<Upgraded> {
  const { server } = endpoint
  const [tls, credentials] = await Promise.all([endpoint.tls(), endpoint.headers()])
  const target = targetOf(server, wanted.path, wanted.query)
  const options = {
    ...(server.protocol === 'http:' ? {} : { ...tlsOptionsOf(server, tls), ALPNProtocols: ['http/1.1'] }),
    host: server.hostname.replace(/^\[|\]$/g, ''),
    port: server.port || (server.protocol === 'http:' ? 80 : 443),
    method: wanted.method,
    path: target,
    headers: { connection: 'Upgrade', ...wanted.headers, ...credentials },
    agent: false as const,
    signal,
  }
  const sent = server.protocol === 'http:' ? plainRequest(options) : secureRequest(options)
  try {
    return await upgraded(sent)
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if (error instanceof Error && error.name === 'StatusError') throw error
    throw connectionErrorOf(error, server, requestName(wanted.method, `${server.origin}${target}`))
  }
}

function upgraded(sent: ClientRequest): Promise<Upgraded> {
  return new Promise((resolve, reject) => {
    sent.once('error', reject)
    sent.once('upgrade', (response, socket, head) => resolve({ socket, head, headers: headersOf(response.headers) }))
    sent.once('response', (response) => refusalOf(response).then(reject, reject))
    sent.end()
  })
}

async function refusalOf(response: IncomingMessage): Promise<Error> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(Buffer.from(chunk))
  return errorOf({ status: response.statusCode ?? 0, headers: headersOf(response.headers) }, Buffer.concat(chunks).toString())
}
