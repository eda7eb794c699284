/** One call: a request of one message, answers as they come, and a status at the end. */
import { type ClientHttp2Session, constants, type IncomingHttpHeaders } from 'node:http2'
import { GrpcError, grpcCodes } from './grpc-error.ts'
import { framed, MessageReader } from './grpc-frames.ts'

export type CallRequest = {
  readonly path: string
  readonly message: Uint8Array
  /** Told to the server; ending the call in time is the signal's. */
  readonly timeoutMs: number | undefined
  readonly signal: AbortSignal
}

type End = {
  readonly httpStatus: number
  /** What the server says of the call: in the trailers, or in the headers of one that failed at once. */
  readonly status: IncomingHttpHeaders
  readonly failure: Error | undefined
  readonly rstCode: number
}

/** Resolves when the server ended the call well; rejects with GrpcError, or with the signal's reason. */
export function call(session: ClientHttp2Session, request: CallRequest, onMessage: (message: Uint8Array) => void): Promise<void> {
  const { path, message, timeoutMs, signal } = request
  return new Promise((resolve, reject) => {
    const stream = session.request(
      {
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/grpc',
        te: 'trailers',
        ...(timeoutMs === undefined ? {} : { 'grpc-timeout': `${Math.ceil(timeoutMs)}m` }),
      },
      { signal },
    )
    const reader = new MessageReader()
    let httpStatus = 0
    let status: IncomingHttpHeaders = {}
    let failure: Error | undefined
    stream.on('response', (headers) => {
      httpStatus = headers[':status'] ?? 0
      status = headers
    })
    stream.on('trailers', (trailers) => (status = trailers))
    stream.on('data', (chunk: Buffer) => {
      try {
        for (const one of reader.take(chunk)) onMessage(one)
      } catch (error) {
        stream.destroy(error instanceof Error ? error : new Error(String(error)))
      }
    })
    stream.on('error', (error) => (failure = error))
    stream.on('close', () => {
      const problem = signal.aborted ? signal.reason : problemOf({ httpStatus, status, failure, rstCode: stream.rstCode })
      if (problem === undefined) resolve()
      else reject(problem)
    })
    stream.end(framed(message))
  })
}

function problemOf({ httpStatus, status, failure, rstCode }: End): GrpcError | undefined {
  if (failure instanceof GrpcError) return failure
  const code = status['grpc-status']
  if (code === '0') return undefined
  if (code !== undefined) return new GrpcError(grpcCodes[Number(code)] ?? 'Unknown', detailsOf(status['grpc-message']), failure)
  if (httpStatus !== 0 && httpStatus !== 200)
    return new GrpcError(codeOfHttp(httpStatus), `unexpected HTTP status code received from server: ${httpStatus}`, failure)
  const isInternal = rstCode === constants.NGHTTP2_PROTOCOL_ERROR || rstCode === constants.NGHTTP2_INTERNAL_ERROR
  return new GrpcError(isInternal ? 'Internal' : 'Unavailable', failure?.message ?? 'the connection was lost during the call', failure)
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
