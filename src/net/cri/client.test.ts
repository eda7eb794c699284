import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Server, ServerCredentials, status } from '@grpc/grpc-js'
import { systemClock } from '#base/env/clock'
import { isGrpcError } from '../grpc/grpc-error.ts'
import { criCodec, openCriClient } from './client.ts'

interface Served extends AsyncDisposable {
  readonly socket: string
  readonly listen: () => Promise<void>
}

/** A runtime that knows one version, one image error, a call that never ends and two events. */
async function serveCri(): Promise<Served> {
  const directory = await mkdtemp(join(tmpdir(), 'navarch-cri-'))
  const socket = join(directory, 'cri.sock')
  const server = new Server()
  const method = (path: string, request: string, response: string, responseStream = false) => ({
    path,
    requestStream: false,
    responseStream,
    requestSerialize: (value: object) => Buffer.from(criCodec.encode(request, { ...value })),
    requestDeserialize: (bytes: Buffer) => criCodec.decode(request, bytes),
    responseSerialize: (value: object) => Buffer.from(criCodec.encode(response, { ...value })),
    responseDeserialize: (bytes: Buffer) => criCodec.decode(response, bytes),
  })
  server.addService(
    {
      version: method('/runtime.v1.RuntimeService/Version', 'VersionRequest', 'VersionResponse'),
      status: method('/runtime.v1.RuntimeService/Status', 'StatusRequest', 'StatusResponse'),
      events: method('/runtime.v1.RuntimeService/GetContainerEvents', 'GetEventsRequest', 'ContainerEventResponse', true),
      pull: method('/runtime.v1.ImageService/PullImage', 'PullImageRequest', 'PullImageResponse'),
    },
    {
      version: (call: { request: object }, answer: (error: null, value: object) => void) =>
        answer(null, { runtimeName: 'test', version: JSON.stringify(call.request) }),
      status: () => {},
      events: (call: { write(value: object): void; end(): void }) => {
        call.write({ containerId: 'a', containerEventType: 'CONTAINER_STARTED_EVENT', createdAt: 5n })
        call.write({ containerId: 'b' })
        call.end()
      },
      pull: (_: unknown, answer: (error: object) => void) => answer({ code: status.NOT_FOUND, details: 'no such image' }),
    },
  )
  return {
    socket,
    listen: () =>
      new Promise((resolve, reject) =>
        server.bindAsync(`unix://${socket}`, ServerCredentials.createInsecure(), (error) => (error === null ? resolve() : reject(error))),
      ),
    async [Symbol.asyncDispose]() {
      server.forceShutdown()
      await rm(directory, { recursive: true })
    },
  }
}

test('calls carry messages both ways; absent fields read as zero values', async () => {
  await using served = await serveCri()
  await served.listen()
  using cri = openCriClient(served.socket, { clock: systemClock })
  const answer = await cri.runtime.version({ version: 'v1' })
  assert.deepEqual({ ...answer }, { version: '{"version":"v1"}', runtimeName: 'test', runtimeVersion: '', runtimeApiVersion: '' })
})

test('an error carries its code, and reads as in Go', async () => {
  await using served = await serveCri()
  await served.listen()
  using cri = openCriClient(served.socket, { clock: systemClock })
  await assert.rejects(cri.images.pullImage({ image: { image: 'x' } }), (error) => {
    assert(isGrpcError(error, 'NotFound'))
    assert.equal(error.message, 'rpc error: code = NotFound desc = no such image')
    return true
  })
})

test('a call ends at its deadline or with its signal', async () => {
  await using served = await serveCri()
  await served.listen()
  using cri = openCriClient(served.socket, { clock: systemClock })
  await assert.rejects(cri.runtime.status({}, { timeoutMs: 20 }), (error) => isGrpcError(error, 'DeadlineExceeded'))
  const stop = new AbortController()
  const call = cri.runtime.status({}, { signal: stop.signal })
  stop.abort(new Error('stopping'))
  await assert.rejects(call, /stopping/)
  await assert.rejects(cri.runtime.status({}, { signal: stop.signal }), /stopping/)
})

test('without a server a call fails at once, unless it may wait', async () => {
  await using served = await serveCri()
  using cri = openCriClient(served.socket, { clock: systemClock })
  await assert.rejects(cri.runtime.version({}), (error) => isGrpcError(error, 'Unavailable'))
  const waiting = cri.runtime.version({}, { waitForReady: true, timeoutMs: 5000 })
  await served.listen()
  assert.equal((await waiting).runtimeName, 'test')
})

test('a stream yields events and ends with the server', async () => {
  await using served = await serveCri()
  await served.listen()
  using cri = openCriClient(served.socket, { clock: systemClock })
  const events = await Array.fromAsync(cri.runtime.getContainerEvents({}))
  assert.deepEqual(
    events.map((event) => [event.containerId, event.containerEventType, event.createdAt]),
    [
      ['a', 'CONTAINER_STARTED_EVENT', 5n],
      ['b', 'CONTAINER_CREATED_EVENT', 0n],
    ],
  )
})
