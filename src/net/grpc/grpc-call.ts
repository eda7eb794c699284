/** One call on the wire: requests, answers as they come, and a status at the end. */
import { type ClientHttp2Stream, constants, type IncomingHttpHeaders } from 'node:http2'
import type { CallLimit } from './call-limit.ts'
import { GrpcError, grpcCodes } from './grpc-error.ts'
import { framed, MessageReader } from './grpc-frames.ts'
import type { GrpcSession } from './grpc-session.ts'

export type CallRequest = {
  readonly path: string
  /** Told to the server; ending the call in time is the limit's. */
  readonly timeoutMs: number | undefined
  readonly metadata: Readonly<Record<string, string>> | undefined
  readonly messageBytesMax: number
  readonly limit: CallLimit
}

/** A call that has been begun. */
export interface OpenCall {
  /** Resolves when the server ended the call well; rejects with GrpcError, or with the limit's reason. */
  readonly finished: Promise<void>
  send(message: Uint8Array): void
  /** Sends the last request, or none any more. */
  end(message?: Uint8Array): void
  /** Reads no further, so that the server has to wait, until `resume`. */
  pause(): void
  resume(): void
}

type End = {
  readonly httpStatus: number
  /** What the server says of the call: in the trailers, or in the headers of one that failed at once. */
  readonly status: IncomingHttpHeaders
  readonly failure: Error | undefined
  readonly rstCode: number
}

/** Begins a call; the requests are still to be sent. */
export function openCall(session: GrpcSession, request: CallRequest, onMessage: (message: Uint8Array) => void): OpenCall {
  const stream = requestStream(session, request)
  return {
    finished: finished(session, stream, request, onMessage),
    send: (message) => void stream.write(framed(message)),
    end: (message) => void (message === undefined ? stream.end() : stream.end(framed(message))),
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
  }
}

function requestStream({ http2, failure }: GrpcSession, { path, timeoutMs, metadata }: CallRequest): ClientHttp2Stream {
  const headers = {
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...(timeoutMs === undefined ? {} : { 'grpc-timeout': `${Math.ceil(timeoutMs)}m` }),
    ...metadata,
  }
  try {
    return http2.request(headers)
  } catch (cause) {
    // The session came to its end in this moment.
    throw new GrpcError('Unavailable', messageOf(failure ?? cause), { cause: failure ?? cause, isUnsent: true })
  }
}

function finished(
  session: GrpcSession,
  stream: ClientHttp2Stream,
  { limit, messageBytesMax }: CallRequest,
  onMessage: (message: Uint8Array) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const reader = new MessageReader(messageBytesMax)
    let httpStatus = 0
    let status: IncomingHttpHeaders = {}
    let failure: Error | undefined
    limit.whenOver(() => stream.close(constants.NGHTTP2_CANCEL))
    stream.on('response', (headers) => {
      session.heardCount++
      httpStatus = headers[':status'] ?? 0
      status = headers
    })
    stream.on('trailers', (trailers) => (status = trailers))
    stream.on('data', (chunk: Buffer) => {
      session.heardCount++
      try {
        for (const one of reader.take(chunk)) onMessage(one)
      } catch (error) {
        stream.destroy(error instanceof Error ? error : new Error(String(error)))
      }
    })
    stream.on('error', (error) => (failure = error))
    stream.on('close', () => {
      limit.whenOver(undefined)
      const problem = limit.isOver
        ? limit.reason
        : problemOf({ httpStatus, status, failure: session.failure ?? failure, rstCode: stream.rstCode })
      if (problem === undefined) resolve()
      else reject(problem)
    })
  })
}

function problemOf({ httpStatus, status, failure, rstCode }: End): GrpcError | undefined {
  if (failure instanceof GrpcError) return failure
  const code = status['grpc-status']
  if (code === '0') return undefined
  if (code !== undefined) return new GrpcError(grpcCodes[Number(code)] ?? 'Unknown', detailsOf(status['grpc-message']), { cause: failure })
  if (httpStatus !== 0 && httpStatus !== 200)
    return new GrpcError(codeOfHttp(httpStatus), `unexpected HTTP status code received from server: ${httpStatus}`, { cause: failure })
  const isInternal = rstCode === constants.NGHTTP2_PROTOCOL_ERROR || rstCode === constants.NGHTTP2_INTERNAL_ERROR
  const isUnsent = rstCode === constants.NGHTTP2_REFUSED_STREAM
  const message = failure?.message ?? 'the connection was lost during the call'
  return new GrpcError(isInternal ? 'Internal' : 'Unavailable', message, { cause: failure, isUnsent })
}

/** As gRPC's table of HTTP status codes has it. */
function codeOfHttp(status: number): (typeof grpcCodes)[number] {
  if (status === 401) return 'Unauthenticated'
  if (status === 403) return 'PermissionDenied'
  if (status === 404) return 'Unimplemented'
  return [429, 502, 503, 504].includes(status) ? 'Unavailable' : 'Unknown'
}

/** Percent-encoded UTF-8; what is not stays as it came. */
function detailsOf(message: string | string[] | undefined): string {
  const text = String(message ?? '')
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
