/** One connection to a gRPC server and the typed calls over it. It connects by itself, again and again, until it is closed. */
import { Client, type ClientReadableStream, credentials, Metadata, type ServiceError, type CallOptions as WireOptions } from '@grpc/grpc-js'
import type { ProtobufCodec, ProtobufMessage } from '#base/encoding/protobuf'
import type { Clock } from '#base/env/clock'
import { GrpcError, grpcCodes } from './grpc-error.ts'
import type { CallOptions, GrpcMethod, GrpcService } from './service.ts'

export interface GrpcChannel extends Disposable {
  /** The calls of a service; `Calls` is the generated type that belongs to the table. */
  service<Calls>(service: GrpcService): Calls
}

export interface GrpcChannelOptions {
  /** `unix:///path` or `host:port`. */
  readonly target: string
  readonly codec: ProtobufCodec
  readonly clock: Clock
}

/** As upstream's limit for answers of the container runtime. */
const messageBytesMax = 16 << 20

export function openGrpcChannel({ target, codec, clock }: GrpcChannelOptions): GrpcChannel {
  const client = new Client(target, credentials.createInsecure(), {
    'grpc.max_receive_message_length': messageBytesMax,
    'grpc.max_send_message_length': messageBytesMax,
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.min_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 1000,
    'grpc.service_config_disable_resolution': 1,
  })
  const wire: Wire = { client, codec, clock }
  return {
    service<Calls>({ methods }: GrpcService): Calls {
      const calls = Object.entries(methods).map(([name, method]) => [
        name,
        method.isStream ? streamCall(wire, method) : unaryCall(wire, method),
      ])
      // The table and the type come out of the same generator run.
      return Object.fromEntries(calls) as Calls
    },
    [Symbol.dispose]: () => client.close(),
  }
}

interface Wire {
  readonly client: Client
  readonly codec: ProtobufCodec
  readonly clock: Clock
}

function unaryCall({ client, codec, clock }: Wire, method: GrpcMethod) {
  return (request: ProtobufMessage, options: CallOptions = {}): Promise<ProtobufMessage> =>
    new Promise((resolve, reject) => {
      if (options.signal?.aborted) return reject(options.signal.reason)
      const cancel = () => call.cancel()
      const call = client.makeUnaryRequest(
        method.path,
        (value: ProtobufMessage) => Buffer.from(codec.encode(method.request, value)),
        (bytes) => codec.decode(method.response, bytes),
        request,
        metadataOf(options),
        wireOptionsOf(clock, options),
        (error, response) => {
          options.signal?.removeEventListener('abort', cancel)
          if (error !== null) reject(options.signal?.aborted ? options.signal.reason : grpcErrorOf(error))
          else resolve(response ?? {})
        },
      )
      options.signal?.addEventListener('abort', cancel, { once: true })
    })
}

function streamCall({ client, codec, clock }: Wire, method: GrpcMethod) {
  return async function* (request: ProtobufMessage, options: CallOptions = {}): AsyncGenerator<ProtobufMessage> {
    options.signal?.throwIfAborted()
    const call: ClientReadableStream<ProtobufMessage> = client.makeServerStreamRequest(
      method.path,
      (value: ProtobufMessage) => Buffer.from(codec.encode(method.request, value)),
      (bytes) => codec.decode(method.response, bytes),
      request,
      metadataOf(options),
      wireOptionsOf(clock, options),
    )
    const cancel = () => call.cancel()
    options.signal?.addEventListener('abort', cancel, { once: true })
    try {
      for await (const message of call) yield message
    } catch (error) {
      if (options.signal?.aborted) throw options.signal.reason
      throw isServiceError(error) ? grpcErrorOf(error) : error
    } finally {
      options.signal?.removeEventListener('abort', cancel)
      call.cancel()
    }
  }
}

function metadataOf({ waitForReady }: CallOptions): Metadata {
  return new Metadata({ waitForReady: waitForReady ?? false })
}

function wireOptionsOf(clock: Clock, { timeoutMs }: CallOptions): WireOptions {
  return timeoutMs === undefined ? {} : { deadline: clock.nowMs() + timeoutMs }
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error
}

function grpcErrorOf(error: ServiceError): GrpcError {
  return new GrpcError(grpcCodes[error.code] ?? 'Unknown', error.details, error)
}
