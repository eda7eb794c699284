/** How a gRPC service is described: a table for the machine and call types for the reader. */
import type { Draft } from '#base/encoding/protobuf'

export interface GrpcMethod {
  readonly path: string
  /** Names of messages in the codec's schema. */
  readonly request: string
  readonly response: string
  readonly isStream: boolean
}

export interface GrpcService {
  readonly methods: Readonly<Record<string, GrpcMethod>>
}

export interface CallOptions {
  readonly signal?: AbortSignal
  /** From now; without it the call may take for ever. */
  readonly timeoutMs?: number
  /** Waits for a server that is not there yet, instead of failing with UNAVAILABLE. */
  readonly waitForReady?: boolean
}

/** One request, one answer; rejects with GrpcError. */
export type Unary<Request, Response> = (request: Draft<Request>, options?: CallOptions) => Promise<Response>

/** One request, answers until the server ends or the signal is aborted; throws GrpcError. */
export type ServerStream<Request, Response> = (request: Draft<Request>, options?: CallOptions) => AsyncIterable<Response>
