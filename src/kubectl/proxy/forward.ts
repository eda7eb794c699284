/** Hands a request on to the API server with the user's credentials, and its answer back. */
import { type IncomingMessage, request as plainRequest, type ServerResponse } from 'node:http'
import { request as secureRequest } from 'node:https'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Endpoint, targetOf, tlsOptionsOf } from '#client/endpoint'

/** `path` is that on the API server, query and all. */
export async function forward(endpoint: Endpoint, path: string, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const outgoing = await requestTo(endpoint, path, incoming)
  outgoing.once('error', (error) => {
    if (!response.headersSent) response.writeHead(502, { 'content-type': 'text/plain' })
    response.end(`Bad Gateway: ${error.message}\n`)
  })
  outgoing.once('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    // A client that goes away ends the request.
    pipeline(answer, response).catch(() => outgoing.destroy())
  })
  response.once('close', () => outgoing.destroy())
  incoming.pipe(outgoing)
}

/** The same for a connection that becomes a stream: exec, attach, port-forward. */
export async function forwardUpgrade(endpoint: Endpoint, path: string, incoming: IncomingMessage, client: Duplex): Promise<void> {
  const outgoing = await requestTo(endpoint, path, incoming)
  outgoing.once('error', () => client.destroy())
  outgoing.once('response', (answer) => {
    client.write(headText(answer))
    answer.pipe(client)
  })
  outgoing.once('upgrade', (answer, server, head) => {
    client.write(headText(answer))
    client.write(head)
    server.pipe(client).pipe(server)
    for (const socket of [server, client]) socket.on('error', () => [server, client].forEach((one) => one.destroy()))
  })
  outgoing.end()
}

async function requestTo(endpoint: Endpoint, path: string, incoming: IncomingMessage) {
  const { server } = endpoint
  const [tls, credentials] = await Promise.all([endpoint.tls(), endpoint.headers()])
  const { host: _, ...headers } = incoming.headers
  const options = {
    ...(server.protocol === 'http:' ? {} : { ...tlsOptionsOf(server, tls), ALPNProtocols: ['http/1.1'] }),
    host: server.hostname.replace(/^\[|\]$/g, ''),
    port: server.port || (server.protocol === 'http:' ? 80 : 443),
    method: incoming.method,
    path: targetOf(server, path),
    headers: { ...headers, ...credentials },
    agent: false as const,
  }
  return server.protocol === 'http:' ? plainRequest(options) : secureRequest(options)
}

function headText(answer: IncomingMessage): string {
  const lines: string[] = [`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`]
  for (let at = 0; at < answer.rawHeaders.length; at += 2) lines.push(`${answer.rawHeaders[at]}: ${answer.rawHeaders[at + 1]}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}
