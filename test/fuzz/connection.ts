/** How cases reach the server: many at once over one HTTP/2 connection, or each alone as bytes of HTTP/1.1. */
import { type ClientHttp2Session, connect as connectHttp2, constants } from 'node:http2'
import { connect as connectTls, createSecureContext, type SecureContext } from 'node:tls'
import type { TestApiServer } from '#testing/api-server'
import type { FuzzCase } from './fuzz-case.ts'

/** `status` is 0 where the server ended the exchange without one. */
export type Outcome = {
  readonly status: number
  readonly contentType: string
  readonly body: Uint8Array
  readonly isWhole: boolean
  readonly tookMs: number
}

export interface Connection extends Disposable {
  /** An answer that has not ended after `openMs` is a watch: its status is known, and that is all. */
  send(fuzzCase: FuzzCase, openMs?: number): Promise<Outcome>
}

const openAnswerMs = 60
/** Bytes that are no whole request get no answer. */
const unansweredMs = 150
const answerMsMax = 20_000

export function connectionTo(server: TestApiServer): Connection {
  let session: ClientHttp2Session | undefined
  const secureContext = createSecureContext({ ca: server.ca })
  const sessionOf = () => {
    if (session === undefined || session.closed || session.destroyed) {
      session = connectHttp2(server.url, { ca: server.ca, maxSendHeaderBlockLength: 1 << 21 })
      session.on('error', () => {})
    }
    return session
  }
  return {
    async send(fuzzCase, openMs = openAnswerMs) {
      if (fuzzCase.wire === 'http1') return await sendHttp1(server.url, secureContext, fuzzCase.bytes)
      // Who is a stranger to the server gets no connection to keep, and is to cut off nobody else's requests.
      const isKnown = fuzzCase.headers['authorization'] === `Bearer ${server.token}`
      return isKnown ? await sendHttp2(sessionOf(), fuzzCase, openMs) : await sendAlone(server, fuzzCase)
    },
    [Symbol.dispose]: () => session?.destroy(),
  }
}

async function sendAlone({ url, ca }: TestApiServer, fuzzCase: Extract<FuzzCase, { wire: 'http2' }>): Promise<Outcome> {
  const session = connectHttp2(url, { ca })
  session.on('error', () => {})
  const outcome = await sendHttp2(session, fuzzCase, openAnswerMs)
  session.destroy()
  return outcome
}

function sendHttp2(
  session: ClientHttp2Session,
  { method, path, headers, body }: Extract<FuzzCase, { wire: 'http2' }>,
  openMs: number,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const startMs = performance.now()
    const chunks: Buffer[] = []
    let status = 0
    let contentType = ''
    let isWhole = true
    const stream = session.request({ ...headers, ':method': method, ':path': path }, { endStream: body === undefined })
    const answerTimer = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), answerMsMax)
    let openTimer: NodeJS.Timeout | undefined
    let tookMs = answerMsMax
    stream.on('response', (answer) => {
      status = answer[':status'] ?? 0
      contentType = answer['content-type'] ?? ''
      tookMs = performance.now() - startMs
      openTimer = setTimeout(() => {
        isWhole = false
        stream.close(constants.NGHTTP2_CANCEL)
      }, openMs)
    })
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', () => {})
    stream.on('close', () => {
      clearTimeout(answerTimer)
      clearTimeout(openTimer)
      resolve({ status, contentType, isWhole, body: Buffer.concat(chunks), tookMs: status === 0 ? performance.now() - startMs : tookMs })
    })
    if (body !== undefined) stream.end(body)
  })
}

function sendHttp1(url: string, secureContext: SecureContext, bytes: Uint8Array): Promise<Outcome> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const startMs = performance.now()
    const chunks: Buffer[] = []
    const socket = connectTls({ host: hostname, port: Number(port), secureContext, ALPNProtocols: ['http/1.1'] })
    const timer = setTimeout(() => socket.destroy(), answerMsMax)
    socket.on('secureConnect', () => socket.write(bytes, () => socket.setTimeout(unansweredMs, () => socket.destroy())))
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(timer)
      const head = Buffer.concat(chunks).toString('latin1')
      resolve({
        status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0),
        contentType: '',
        body: new Uint8Array(),
        isWhole: false,
        tookMs: Math.max(0, performance.now() - startMs - unansweredMs),
      })
    })
  })
}
