/** Writes an answer to a connection: one piece where it is small, in groups and packed where it is large, frames for a watch. */
import { once } from 'node:events'
import { promisify } from 'node:util'
import { createGzip, gzip } from 'node:zlib'
import { type Answer, type Body, chunkBytes, type Exchange, type Flow, type FrameReader } from '../exchange.ts'
import { ChunkBuffers } from './chunk-buffers.ts'
import type { HeaderValues, ResponseSink } from './response-sink.ts'
import { warningHeaders } from './warning-headers.ts'

/** As upstream: what is smaller is not worth packing. */
const packedBytesMin = 128 * 1024
/** A watch whose reader has left so much unread is cut off. */
const watchBacklogMax = 16 * 1024 * 1024

const pack = promisify(gzip)
const gzipOptions = { level: 1 }

const plainHeaders: HeaderValues = { 'cache-control': 'no-cache, private', 'content-type': 'application/json' }

export async function writeAnswer(answer: Answer, exchange: Exchange, sink: ResponseSink): Promise<void> {
  const { body, status } = answer
  if (body.kind === 'upgraded') return
  const headers = headersOf(answer, exchange)
  if (exchange.request.method === 'HEAD' || body.kind === 'empty') {
    sink.head(status, headers)
    return sink.end()
  }
  switch (body.kind) {
    case 'object':
      return await writeBytes(body.bytes(), status, headers, exchange, sink)
    case 'bytes':
      return await writeBytes(body.bytes, status, headers, exchange, sink)
    case 'list':
      return await writeList(body, status, headers, exchange, sink)
    case 'watch':
      sink.head(status, headers)
      await body.watch.run(frameReader(sink), exchange.signal)
      return sink.end()
    case 'stream':
      return await writeStream(body, status, headers, sink)
  }
}

const flowHeaders = new WeakMap<Flow, HeaderValues>()

/** Made once for each flow: most answers have no other headers. */
function flowHeadersOf(flow: Flow): HeaderValues {
  let headers = flowHeaders.get(flow)
  if (headers === undefined) {
    const { schemaUid, levelUid } = flow
    headers = { ...plainHeaders, 'x-kubernetes-pf-flowschema-uid': schemaUid, 'x-kubernetes-pf-prioritylevel-uid': levelUid }
    flowHeaders.set(flow, headers)
  }
  return headers
}

function headersOf({ headers, body }: Answer, { warnings, flow }: Exchange): HeaderValues {
  const hasType = body.kind === 'bytes' || body.kind === 'stream'
  const plain = flow === undefined ? plainHeaders : flowHeadersOf(flow)
  if (body.kind === 'empty') return { ...withoutType(plain), ...warningsIn(warnings), ...headers }
  if (headers === undefined && warnings.length === 0 && !hasType) return plain
  return {
    ...plain,
    ...(hasType ? { 'content-type': body.contentType } : {}),
    ...warningsIn(warnings),
    ...headers,
  }
}

function warningsIn(warnings: readonly string[]): HeaderValues {
  return warnings.length === 0 ? {} : { warning: warningHeaders(warnings) }
}

/** Nothing is of no type. */
function withoutType({ 'content-type': _, ...headers }: HeaderValues): HeaderValues {
  return headers
}

async function writeBytes(bytes: Uint8Array, status: number, headers: HeaderValues, exchange: Exchange, sink: ResponseSink): Promise<void> {
  if (bytes.length < packedBytesMin || !acceptsGzip(exchange)) {
    sink.head(status, withLength(headers, bytes.length))
    return sink.end(bytes)
  }
  const packed = await pack(bytes, gzipOptions)
  sink.head(status, withLength({ ...headers, ...packedHeaders }, packed.length))
  sink.end(packed)
}

const packedHeaders: HeaderValues = { 'content-encoding': 'gzip', vary: 'Accept-Encoding' }

/** As upstream: what stands beside the name, such as a weight, makes it another one. */
function acceptsGzip({ request }: Exchange): boolean {
  const accepted = request.headers['accept-encoding']
  return accepted === 'gzip' || accepted?.split(',').some((one) => one.trim() === 'gzip') === true
}

async function writeList(
  body: Extract<Body, { kind: 'list' }>,
  status: number,
  headers: HeaderValues,
  exchange: Exchange,
  sink: ResponseSink,
): Promise<void> {
  const buffers = new ChunkBuffers()
  const groups = groupsOf(body.chunks((size) => buffers.take(size)))
  const first = groups.next()
  if (first.done === true) return sink.end()
  const second = groups.next()
  if (second.done === true) return await writeBytes(first.value, status, headers, exchange, sink)
  const isPacked = acceptsGzip(exchange)
  sink.head(status, isPacked ? { ...headers, ...packedHeaders } : withLength(headers, body.length?.()))
  const all = prepended([first.value, second.value], groups)
  await (isPacked ? writePacked(all, buffers, exchange, sink) : writePlain(all, buffers, exchange, sink))
}

/** Chunks of known length in all need not be wrapped, which costs HTTP/1.1 a copy of each. */
function withLength(headers: HeaderValues, length: number | undefined): HeaderValues {
  return length === undefined ? headers : { ...headers, 'content-length': String(length) }
}

async function writePlain(groups: Iterable<Uint8Array>, buffers: ChunkBuffers, exchange: Exchange, sink: ResponseSink): Promise<void> {
  for (const group of groups) {
    exchange.signal.throwIfAborted()
    sink.write(group, () => buffers.give(group))
    await sink.drained()
  }
  sink.end()
}

async function writePacked(groups: Iterable<Uint8Array>, buffers: ChunkBuffers, exchange: Exchange, sink: ResponseSink): Promise<void> {
  const packer = createGzip(gzipOptions)
  packer.on('data', (bytes: Uint8Array) => sink.write(bytes))
  for (const group of groups) {
    exchange.signal.throwIfAborted()
    if (!packer.write(group, () => buffers.give(group))) await once(packer, 'drain')
    await sink.drained()
  }
  packer.end()
  await once(packer, 'end')
  sink.end()
}

async function writeStream(
  body: Extract<Body, { kind: 'stream' }>,
  status: number,
  headers: HeaderValues,
  sink: ResponseSink,
): Promise<void> {
  sink.head(status, headers)
  for await (const bytes of body.chunks) {
    sink.write(bytes)
    await sink.drained()
  }
  sink.end()
}

/** Small chunks joined; each group but the last has at least `chunkBytes`. */
function* groupsOf(chunks: Iterable<Uint8Array>): Generator<Uint8Array, void> {
  let group: Uint8Array[] = []
  let size = 0
  for (const chunk of chunks) {
    group.push(chunk)
    size += chunk.length
    if (size < chunkBytes) continue
    yield joinedGroup(group, size)
    group = []
    size = 0
  }
  if (size > 0) yield joinedGroup(group, size)
}

function joinedGroup(group: readonly Uint8Array[], size: number): Uint8Array {
  return group.length === 1 && group[0] !== undefined ? group[0] : Buffer.concat(group, size)
}

function* prepended<T>(first: readonly T[], rest: Iterable<T>): Generator<T, void> {
  yield* first
  yield* rest
}

function frameReader(sink: ResponseSink): FrameReader {
  return {
    send(frames) {
      if (sink.backlog() > watchBacklogMax) {
        sink.destroy()
        return false
      }
      sink.cork()
      for (const { bytes } of frames) sink.write(bytes)
      return true
    },
    drained: () => sink.drained(),
  }
}
