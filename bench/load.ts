/** Many requests at once over few HTTP/2 connections, with as little work of our own as can be. */
import { type ClientHttp2Session, connect } from 'node:http2'
import { type Endpoint, tlsOptionsOf } from '#client/endpoint'

export class Load {
  readonly #sessions: readonly ClientHttp2Session[]
  readonly #headers: Readonly<Record<string, string | string[]>>
  #next = 0

  private constructor(sessions: readonly ClientHttp2Session[], headers: Readonly<Record<string, string | string[]>>) {
    this.#sessions = sessions
    this.#headers = headers
  }

  static async open(endpoint: Endpoint, connectionCount: number): Promise<Load> {
    const tls = tlsOptionsOf(endpoint.server, await endpoint.tls())
    const sessions = Array.from({ length: connectionCount }, () => connect(endpoint.server, tls))
    await Promise.all(sessions.map((session) => new Promise((resolve, reject) => session.once('connect', resolve).once('error', reject))))
    return new Load(sessions, await endpoint.headers())
  }

  /** Resolves with the seconds that it took. */
  async run({
    count,
    inFlight,
    send,
  }: {
    readonly count: number
    readonly inFlight: number
    readonly send: () => Promise<void>
  }): Promise<number> {
    const startedMs = performance.now()
    let left = count
    const sender = async () => {
      while (left-- > 0) await send()
    }
    await Promise.all(Array.from({ length: inFlight }, sender))
    return (performance.now() - startedMs) / 1000
  }

  /** Resolves at the answer's end; rejects unless it is of 2xx. */
  send(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<void> {
    const session = this.#sessions[this.#next++ % this.#sessions.length]
    return new Promise((resolve, reject) => {
      if (session === undefined) return reject(new Error('there is no connection'))
      const stream = session.request({ ':method': method, ':path': path, ...this.#headers, 'content-type': contentType })
      let status = 0
      stream.on('response', (headers) => (status = headers[':status'] ?? 0))
      stream.on('error', reject)
      stream.on('end', () => (status >= 200 && status < 300 ? resolve() : reject(new Error(`${method} ${path}: answered ${status}`))))
      stream.resume()
      stream.end(body === undefined ? undefined : JSON.stringify(body))
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#sessions.map((session) => new Promise<void>((resolve) => session.close(resolve))))
  }
}
