/** How a gRPC service is described: a table for the machine and call types for the reader. */
import type { Draft } from '#base/encoding/protobuf'

export interface GrpcMethod {
  readonly path: string
  /** Names of messages in the codec's schema. */
  readonly request: string
  readonly response: string
  /** The answer is a stream. */
  readonly isStream: boolean
  /** The request is a stream too. */
  readonly isDuplex?: boolean
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
  /** Sent as headers, names in lower case. */
  readonly metadata?: Readonly<Record<string, string>>
}

/** One request, one answer; rejects with GrpcError. */
export type Unary<Request, Response> = (request: Draft<Request>, options?: CallOptions) => Promise<Response>

/** One request, answers until the server ends or the signal is aborted; throws GrpcError. */
export type ServerStream<Request, Response> = (request: Draft<Request>, options?: CallOptions) => AsyncIterable<Response>

/** Requests and answers in streams of their own; leaving the `for await` loop ends the call. */
export type Duplex<Request, Response> = (options?: CallOptions) => DuplexCall<Request, Response>

/** A call under way: its answers are read by iterating over it, once. */
export interface DuplexCall<Request, Response> extends AsyncIterable<Response> {
  /** Sends a request; those sent before there is a connection wait for it. */
  send(request: Draft<Request>): void
  /** No more requests will come. */
  end(): void
}
