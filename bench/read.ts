/** GET over one HTTP/1.1 connection, dropping what comes. */
import { Agent, request } from 'node:https'
import { type Endpoint, tlsOptionsOf } from '#client/endpoint'

/** An answer as it passed: how long it was, and how it began. */
export type Read = { readonly bytes: number; readonly head: string }

export async function readerOf(endpoint: Endpoint): Promise<(path: string) => Promise<Read>> {
  const tls = tlsOptionsOf(endpoint.server, await endpoint.tls())
  const headers = { ...(await endpoint.headers()), accept: 'application/json' }
  const agent = new Agent({ ...tls, keepAlive: true, maxSockets: 1 })
  return (path) => read(new URL(path, endpoint.server), { agent, headers })
}

function read(url: URL, options: object): Promise<Read> {
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      let bytes = 0
      let head = ''
      response.on('data', (chunk: Buffer) => {
        if (bytes === 0) head = chunk.toString('latin1', 0, 1000)
        bytes += chunk.length
      })
      response.on('end', () =>
        response.statusCode === 200 ? resolve({ bytes, head }) : reject(new Error(`answered ${response.statusCode}: ${head}`)),
      )
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.end()
  })
}
