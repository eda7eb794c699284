/**
 * Posts reviews to a service that others run (authorization, tokens, images) and reads the answers. Every server speaks
 * HTTP/1.1, so that is what is spoken; connections are kept.
 */
import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions } from 'node:https'
import type { Clock } from '#base/env/clock'
import { endpointOf } from '#client/connect'
import { connectionErrorOf, requestName } from '#client/connection-failure'
import { type Endpoint, targetOf, tlsOptionsOf } from '#client/endpoint'
import { resolveContext } from '#client/kubeconfig'
import { readKubeconfig } from '#client/kubeconfig-file'

export interface ReviewClient {
  /** The answer as it came, decoded from JSON. Rejects when there is none, or one that is no success. */
  post(review: object, signal: AbortSignal): Promise<unknown>
}

/** An answer longer than this is nobody's review. */
const answerBytesMax = 3 * 1024 * 1024

/** The service that a kubeconfig file names; rejects where the file cannot be read. */
export async function reviewClientOfKubeconfig(path: string, clock: Clock, timeoutMs: number): Promise<ReviewClient> {
  return reviewClient(endpointOf(resolveContext(await readKubeconfig(path, true)), clock), timeoutMs)
}

function reviewClient(endpoint: Endpoint, timeoutMs: number): ReviewClient {
  const { server } = endpoint
  const isPlain = server.protocol === 'http:'
  const agent = isPlain ? new HttpAgent({ keepAlive: true }) : new HttpsAgent({ keepAlive: true })
  const path = targetOf(server, '', { timeout: `${Math.round(timeoutMs / 1000)}s` })
  return {
    async post(review, signal) {
      const body = JSON.stringify(review)
      const headers = {
        ...(await endpoint.headers()),
        accept: 'application/json, */*',
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
      }
      const options: RequestOptions = {
        ...(isPlain ? {} : tlsOptionsOf(server, await endpoint.tls())),
        agent,
        path,
        headers,
        method: 'POST',
        host: server.hostname.replace(/^\[|\]$/g, ''),
        port: server.port || (isPlain ? 80 : 443),
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      }
      try {
        return JSON.parse(await exchanged(isPlain ? httpRequest : httpsRequest, options, body))
      } catch (error) {
        if (error instanceof ReviewRefused) throw error
        throw connectionErrorOf(error, server, requestName('POST', `${server.origin}${path}`))
      }
    },
  }
}

/** The body of a successful answer. */
function exchanged(request: typeof httpsRequest, options: RequestOptions, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(options, (answer) => {
      const chunks: Buffer[] = []
      let size = 0
      answer.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > answerBytesMax) answer.destroy(new Error(`the answer has more than ${answerBytesMax} bytes`))
        else chunks.push(chunk)
      })
      answer.on('error', reject)
      answer.on('end', () => {
        const { statusCode = 0 } = answer
        if (statusCode >= 200 && statusCode < 300) resolve(Buffer.concat(chunks).toString('utf8'))
        else reject(new ReviewRefused(statusCode))
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** The service answered, but no review. The text is upstream's. */
class ReviewRefused extends Error {
  override readonly name = 'ReviewRefused'
  readonly status: number

  constructor(status: number) {
    super(status >= 500 ? 'an error on the server ("unknown") has prevented the request from succeeding' : `the server answered ${status}`)
    this.status = status
  }
}
