/** HTTP upgrades, both sides: the handshake that turns a request into a two-way connection. */
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { ConnectionOptions } from 'node:tls'

/** Where to dial and how to prove oneself: headers, ca, cert, key. */
export interface DialTarget {
  readonly url: string
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly tls?: ConnectionOptions
}

/** The server answered the upgrade with something else; `body` is often a Status object. */
export class UpgradeRefused extends Error {
  override readonly name = 'UpgradeRefused'
  readonly statusCode: number
  readonly body: string

  constructor(statusCode: number, body: string) {
    super(`unable to upgrade connection: ${body.trim() || `status ${statusCode}`}`)
    this.statusCode = statusCode
    this.body = body
  }
}

export interface Upgraded {
  readonly connection: Duplex
  readonly response: IncomingMessage
}

/** Sends a POST that asks for SPDY/3.1; rejects with UpgradeRefused where the server stays with HTTP. */
export function dialSpdyUpgrade(target: DialTarget, streamProtocols: readonly string[], signal?: AbortSignal): Promise<Upgraded> {
  const url = new URL(target.url)
  const send = url.protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    const request = send(url, {
      method: 'POST',
      agent: false,
      signal,
      ...target.tls,
      headers: { ...target.headers, Connection: 'Upgrade', Upgrade: 'SPDY/3.1', 'X-Stream-Protocol-Version': [...streamProtocols] },
    })
    request.once('upgrade', (response, connection, head) => {
      if (head.length > 0) connection.unshift(head)
      resolve({ connection, response })
    })
    request.once('response', (response) => {
      text(response).then((body) => reject(new UpgradeRefused(response.statusCode ?? 0, body)), reject)
    })
    request.once('error', reject)
    request.end()
  })
}

/** The protocols that a SPDY client offers, in its order of preference. */
export function offeredStreamProtocols(request: IncomingMessage): readonly string[] {
  return splitList(request.headersDistinct['x-stream-protocol-version'])
}

/** The protocols that a WebSocket client offers. */
export function offeredWebSocketProtocols(request: IncomingMessage): readonly string[] {
  return splitList(request.headersDistinct['sec-websocket-protocol'])
}

function splitList(values: readonly string[] | undefined): readonly string[] {
  return (values ?? []).flatMap((value) => value.split(',')).map((value) => value.trim())
}

export function wantsUpgradeTo(request: IncomingMessage, protocol: 'websocket' | 'spdy/3.1'): boolean {
  return (request.headers.upgrade ?? '').toLowerCase() === protocol
}

/** Answers 101; from here on the connection speaks SPDY. */
export function acceptSpdyUpgrade(connection: Duplex, streamProtocol: string): void {
  writeHead(connection, '101 Switching Protocols', {
    Connection: 'Upgrade',
    Upgrade: 'SPDY/3.1',
    'X-Stream-Protocol-Version': streamProtocol,
  })
}

/** Answers an upgrade request with an error and ends the connection. */
export function refuseUpgrade(connection: Duplex, status: string, body: string): void {
  const headers = { Connection: 'close', 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': `${Buffer.byteLength(body)}` }
  writeHead(connection, status, headers)
  connection.end(body)
}

function writeHead(connection: Duplex, status: string, headers: Readonly<Record<string, string>>): void {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  connection.write(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`)
}
