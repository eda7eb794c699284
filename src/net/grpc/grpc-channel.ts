/** One connection to a gRPC server and the typed calls over it, straight on HTTP/2: no proxy, no balancing, no compression. */
import type { ProtobufCodec, ProtobufMessage } from '#base/encoding/protobuf'
import type { Clock } from '#base/env/clock'
import { CallLimit } from './call-limit.ts'
import { type OpenCall, openCall } from './grpc-call.ts'
import { GrpcConnection } from './grpc-connection.ts'
import { GrpcError } from './grpc-error.ts'
import type { GrpcSession, GrpcTarget } from './grpc-session.ts'
import { MessageQueue } from './message-queue.ts'
import type { CallOptions, GrpcMethod, GrpcService } from './service.ts'

export interface GrpcChannel extends Disposable {
  /** The calls of a service; `Calls` is the generated type that belongs to the table. */
  service<Calls>(service: GrpcService): Calls
}

export interface GrpcChannelOptions extends GrpcTarget {
  readonly codec: ProtobufCodec
  readonly clock: Clock
  /** Larger answers are refused; 16 MiB, as upstream's limit for the container runtime, unless told otherwise. */
  readonly messageBytesMax?: number
}

/** Nothing is sent, and no connection made, before the first call. */
export function openGrpcChannel(options: GrpcChannelOptions): GrpcChannel {
  const { codec, clock, messageBytesMax = 16 << 20 } = options
  const connection = new GrpcConnection(options, clock)
  const wire: Wire = { connection, codec, clock, messageBytesMax }
  return {
    service<Calls>({ methods }: GrpcService): Calls {
      const calls = Object.entries(methods).map(([name, method]) => [name, callOf(wire, method)])
      // The table and the type belong together; a generator or one author wrote both.
      return Object.fromEntries(calls) as Calls
    },
    [Symbol.dispose]: () => connection[Symbol.dispose](),
  }
}

interface Wire {
  readonly connection: GrpcConnection
  readonly codec: ProtobufCodec
  readonly clock: Clock
  readonly messageBytesMax: number
}

function callOf(wire: Wire, method: GrpcMethod) {
  if (method.isDuplex === true) return duplexCall(wire, method)
  return method.isStream ? streamCall(wire, method) : unaryCall(wire, method)
}

function unaryCall(wire: Wire, method: GrpcMethod) {
  return async (request: ProtobufMessage, options: CallOptions = {}): Promise<ProtobufMessage> => {
    using limit = new CallLimit(wire.clock, options)
    let answer: Uint8Array | undefined
    const message = wire.codec.encode(method.request, request)
    const session = wire.connection.ready ?? (await readySession(wire, options, limit))
    const call = begin(wire, session, method, options, limit, (one) => (answer = one))
    session.unaryCount++
    call.end(message)
    try {
      await call.finished
    } finally {
      session.unaryCount--
    }
    if (answer === undefined) throw new GrpcError('Internal', `${method.path} was answered without a message`)
    return wire.codec.decode(method.response, answer)
  }
}

function streamCall(wire: Wire, method: GrpcMethod) {
  return (request: ProtobufMessage, options: CallOptions = {}): AsyncIterable<ProtobufMessage> => {
    const call = duplexCall(wire, method)(options)
    call.send(request)
    call.end()
    return call
  }
}

function duplexCall(wire: Wire, method: GrpcMethod) {
  return (options: CallOptions = {}): UntypedDuplexCall => {
    const limit = new CallLimit(wire.clock, options)
    const answers = new MessageQueue<Uint8Array>()
    const requests = new Requests()
    runStream(wire, method, options, limit, { answers, requests }).then(
      () => answers.end(),
      (error: unknown) => answers.fail(error),
    )
    return {
      send: (request) => requests.send(wire.codec.encode(method.request, request)),
      end: () => requests.end(),
      async *[Symbol.asyncIterator]() {
        using _ = limit
        try {
          for (let next = await answers.next(); !next.done; next = await answers.next())
            yield wire.codec.decode(method.response, next.value)
        } finally {
          limit.cancel()
        }
      },
    }
  }
}

/** As DuplexCall, for any messages. */
interface UntypedDuplexCall extends AsyncIterable<ProtobufMessage> {
  send(request: ProtobufMessage): void
  end(): void
}

interface Streams {
  readonly answers: MessageQueue<Uint8Array>
  readonly requests: Requests
}

/** Resolves when the call is over. */
async function runStream(
  wire: Wire,
  method: GrpcMethod,
  options: CallOptions,
  limit: CallLimit,
  { answers, requests }: Streams,
): Promise<void> {
  const session = await readySession(wire, options, limit)
  const call = begin(wire, session, method, options, limit, (message) => answers.push(message))
  answers.regulate(call)
  requests.connect(call)
  session.streamCount++
  try {
    await call.finished
  } finally {
    session.streamCount--
  }
}

async function readySession({ connection }: Wire, { waitForReady = false }: CallOptions, limit: CallLimit): Promise<GrpcSession> {
  limit.throwIfOver()
  return connection.session(waitForReady, limit.signal)
}

function begin(
  { messageBytesMax }: Wire,
  session: GrpcSession,
  { path }: GrpcMethod,
  { timeoutMs, metadata }: CallOptions,
  limit: CallLimit,
  onMessage: (message: Uint8Array) => void,
): OpenCall {
  limit.throwIfOver()
  return openCall(session, { path, timeoutMs, metadata, messageBytesMax, limit }, onMessage)
}

/** What is to be sent: kept until there is a call to send it on. */
class Requests {
  #waiting: Uint8Array[] = []
  #isEnded = false
  #call: OpenCall | undefined

  send(message: Uint8Array): void {
    if (this.#call === undefined) this.#waiting.push(message)
    else this.#call.send(message)
  }

  end(): void {
    this.#isEnded = true
    this.#call?.end()
  }

  connect(call: OpenCall): void {
    this.#call = call
    for (const message of this.#waiting) call.send(message)
    this.#waiting = []
    if (this.#isEnded) call.end()
  }
}
