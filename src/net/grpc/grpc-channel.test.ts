import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js'
import { createProtobufCodec } from '#base/encoding/protobuf'
import { systemClock } from '#base/env/clock'
import { type GrpcChannel, type GrpcChannelOptions, openGrpcChannel } from './grpc-channel.ts'
import { isGrpcError } from './grpc-error.ts'
import type { Duplex, GrpcService, Unary } from './service.ts'

interface Text {
  readonly text: string
}

interface EchoCalls {
  readonly chat: Duplex<Text, Text>
  readonly once: Unary<Text, Text>
}

const codec = createProtobufCodec({ messages: { Text: '1 text string' } }, { absent: 'zero', int64: 'number', packed: true })
const service: GrpcService = {
  methods: {
    chat: { path: '/Echo/Chat', request: 'Text', response: 'Text', isStream: true, isDuplex: true },
    once: { path: '/Echo/Once', request: 'Text', response: 'Text', isStream: false },
  },
}

test('requests and answers go their own ways until both have ended', async () => {
  await using echo = await serveEcho()
  const call = echo.calls.chat({ metadata: { greeting: 'hello' } })
  call.send({ text: 'one' })
  const answers: string[] = []
  for await (const { text } of call) {
    answers.push(text)
    if (answers.length === 2) call.send({ text: 'two' })
    if (answers.length === 3) call.end()
  }
  assert.deepEqual(answers, ['hello', 'one', 'two'])
})

test('leaving the loop ends the call at the server', async () => {
  await using echo = await serveEcho()
  for await (const _ of echo.calls.chat()) break
  await echo.cancelled
})

test('a server that does not answer pings is given up with its calls', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'navarch-grpc-'))
  const silent = createServer((socket) => socket.write(settings)).listen(join(directory, 'socket'))
  try {
    const keepAlive = { busyIntervalMs: 10, idleIntervalMs: 60, timeoutMs: 20 }
    using channel = open(join(directory, 'socket'), { keepAlive })
    const calls = channel.service<EchoCalls>(service)
    await assert.rejects(
      calls.once({ text: 'x' }),
      (error) => isGrpcError(error, 'Unavailable', 'Internal') && /no answer to a ping/.test(error.message) && !error.isUnsent,
    )
  } finally {
    silent.close()
    await rm(directory, { recursive: true })
  }
})

test('a call that finds no server says that it was not sent', async () => {
  using channel = open('/nowhere')
  await assert.rejects(
    channel.service<EchoCalls>(service).once({ text: 'x' }),
    (error) => isGrpcError(error, 'Unavailable') && error.isUnsent,
  )
})

/** An empty HTTP/2 SETTINGS frame: enough for a session to begin. */
const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])

function open(socket: string, changes: Partial<GrpcChannelOptions> = {}): GrpcChannel {
  return openGrpcChannel({ target: `unix://${socket}`, codec, clock: systemClock, ...changes })
}

/** Says the greeting of the metadata, then what it hears. */
async function serveEcho() {
  const directory = await mkdtemp(join(tmpdir(), 'navarch-grpc-'))
  const socket = join(directory, 'socket')
  const server = new Server()
  const cancelled = Promise.withResolvers<void>()
  const encode = (value: object): Buffer => Buffer.from(codec.encode('Text', { ...value }))
  const decode = (bytes: Buffer): object => codec.decode('Text', bytes)
  const chat = {
    path: '/Echo/Chat',
    requestStream: true,
    responseStream: true,
    requestSerialize: encode,
    requestDeserialize: decode,
    responseSerialize: encode,
    responseDeserialize: decode,
  }
  server.addService(
    { chat },
    {
      chat: (call: ServerDuplexStream<object, object>) => {
        call.write({ text: String(call.metadata.get('greeting')[0]) })
        call.on('data', (message: object) => call.write(message))
        call.on('end', () => call.end())
        call.on('cancelled', cancelled.resolve)
      },
    },
  )
  await new Promise<void>((resolve, reject) =>
    server.bindAsync(`unix://${socket}`, ServerCredentials.createInsecure(), (error) => (error === null ? resolve() : reject(error))),
  )
  const channel = open(socket)
  return {
    calls: channel.service<EchoCalls>(service),
    cancelled: cancelled.promise,
    async [Symbol.asyncDispose]() {
      channel[Symbol.dispose]()
      server.forceShutdown()
      await rm(directory, { recursive: true })
    },
  }
}
