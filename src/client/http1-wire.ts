/** HTTP/1.1 with kept-alive connections, for servers without TLS such as `kubectl proxy`. */
import { Agent, type IncomingMessage, request as sendRequest } from 'node:http'
import type { Endpoint } from './endpoint.ts'
import { headersOf, type Wire, type WireRequest, type WireResponse } from './wire.ts'

export class Http1Wire implements Wire {
  readonly #endpoint: Endpoint
  #agent = new Agent({ keepAlive: true })

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint
  }

  send({ method, target, headers, body }: WireRequest, signal?: AbortSignal): Promise<WireResponse> {
    const { hostname, port } = this.#endpoint.server
    return new Promise((resolve, reject) => {
      const options = { agent: this.#agent, host: hostname.replace(/^\[|\]$/g, ''), port, method, path: target, headers, signal }
      const sent = sendRequest(options, (response: IncomingMessage) =>
        resolve({
          status: response.statusCode ?? 0,
          headers: headersOf(response.headers),
          body: response,
          wasCut: () => !response.complete,
        }),
      )
      sent.once('error', reject)
      sent.end(body)
    })
  }

  renew(): void {
    this.#agent = new Agent({ keepAlive: true })
  }

  close(): void {
    this.#agent.destroy()
  }
}
