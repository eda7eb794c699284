/** One connection to a gRPC server and the typed calls over it, straight on HTTP/2: no proxy, no balancing, no compression. */
import { Readable } from 'node:stream'
import type { ProtobufCodec, ProtobufMessage } from '#base/encoding/protobuf'
import type { Clock } from '#base/env/clock'
import { callLimit } from './call-limit.ts'
import { call } from './grpc-call.ts'
import { GrpcConnection } from './grpc-connection.ts'
import { GrpcError } from './grpc-error.ts'
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

export function openGrpcChannel({ target, codec, clock }: GrpcChannelOptions): GrpcChannel {
  const connection = new GrpcConnection(target, clock)
  const wire: Wire = { connection, codec, clock }
  return {
    service<Calls>({ methods }: GrpcService): Calls {
      const calls = Object.entries(methods).map(([name, method]) => [
        name,
        method.isStream ? streamCall(wire, method) : unaryCall(wire, method),
      ])
      // The table and the type come out of the same generator run.
      return Object.fromEntries(calls) as Calls
    },
    [Symbol.dispose]: () => connection[Symbol.dispose](),
  }
}

interface Wire {
  readonly connection: GrpcConnection
  readonly codec: ProtobufCodec
  readonly clock: Clock
}

function unaryCall(wire: Wire, method: GrpcMethod) {
  return async (request: ProtobufMessage, options: CallOptions = {}): Promise<ProtobufMessage> => {
    using limit = callLimit(wire.clock, options)
    let answer: Uint8Array | undefined
    await start(wire, method, request, options, limit.signal, (message) => (answer = message))
    if (answer === undefined) throw new GrpcError('Internal', `${method.path} was answered without a message`)
    return wire.codec.decode(method.response, answer)
  }
}

function streamCall(wire: Wire, method: GrpcMethod) {
  return async function* (request: ProtobufMessage, options: CallOptions = {}): AsyncGenerator<ProtobufMessage> {
    using limit = callLimit(wire.clock, options)
    const messages = new Readable({ objectMode: true, read() {} })
    start(wire, method, request, options, limit.signal, (message) => messages.push(message)).then(
      () => messages.push(null),
      (error: Error) => messages.destroy(error),
    )
    try {
      for await (const message of messages) yield wire.codec.decode(method.response, message)
    } finally {
      limit.cancel()
    }
  }
}

async function start(
  { connection, codec }: Wire,
  { path, request: type }: GrpcMethod,
  request: ProtobufMessage,
  { timeoutMs, waitForReady = false }: CallOptions,
  signal: AbortSignal,
  onMessage: (message: Uint8Array) => void,
): Promise<void> {
  signal.throwIfAborted()
  const session = await connection.session(waitForReady, signal)
  await call(session, { path, message: codec.encode(type, request), timeoutMs, signal }, onMessage)
}
