/**
 * The API server as a Transport for components of the same process: the same chain as over HTTPS, but objects are
 * handed over frozen instead of encoded, and the caller is who it says it is.
 */

import type { Clock } from '#base/env/clock'
import type { ApiRequest, ApiResponse, Transport, WatchFrame } from '#client/transport'
import { type StatusBody, statusErrorOf } from '#meta/status'
import type { Handler } from './chain.ts'
import type { Answer, Body, Exchange, FrameReader, IncomingRequest, SharedFrame, UserInfo, WatchBody } from './exchange.ts'

const noBytes = new Uint8Array()
const decoder = new TextDecoder()
/** A reader that has left so many frames unread is cut off. */
const unreadMax = 100_000

/** Who calls: as whom, and by which program (managed fields show it). */
export type LoopbackCaller = { readonly user: UserInfo; readonly userAgent: string }

export function loopbackTransport(handler: Handler, clock: Clock, caller: LoopbackCaller): Transport {
  async function call(request: ApiRequest, signal: AbortSignal | undefined): Promise<Answer> {
    const exchange = exchangeOf(request, caller, clock, signal ?? neverAborted)
    const answer = await handler(exchange)
    if (answer.status >= 400) throw statusErrorOf(objectOf(answer.body) as Partial<StatusBody>, answer.status)
    return answer
  }
  return {
    async request(request, signal): Promise<ApiResponse> {
      const { status, headers = {}, body } = await call(request, signal)
      return { status, headers, body: objectOf(body) }
    },
    async watch(request, signal): Promise<AsyncIterable<WatchFrame>> {
      const { body } = await call(request, signal)
      if (body.kind !== 'watch') throw new Error(`${request.path} answered no watch`)
      return framesOf(body.watch, signal ?? neverAborted)
    },
    async stream(request, signal): Promise<AsyncIterable<Uint8Array>> {
      return bytesOf((await call(request, signal)).body)
    },
  }
}

const neverAborted = new AbortController().signal

function exchangeOf(request: ApiRequest, { user, userAgent }: LoopbackCaller, clock: Clock, signal: AbortSignal): Exchange {
  const { method, path, body, accept, contentType } = request
  const incoming: IncomingRequest = {
    method,
    path,
    user,
    object: body,
    query: queryOf(request),
    headers: { accept, 'content-type': contentType, 'content-length': body === undefined ? '0' : undefined, 'user-agent': userAgent },
    readBody: () => Promise.resolve(noBytes),
  }
  const info = {
    isResourceRequest: false,
    path,
    verb: '',
    group: '',
    version: '',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
    rest: [],
  }
  return { request: incoming, receivedMs: clock.nowMs(), signal, info, user, warnings: [] }
}

function queryOf({ query = {} }: ApiRequest): URLSearchParams {
  const pairs = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  return new URLSearchParams(pairs)
}

function objectOf(body: Body): unknown {
  switch (body.kind) {
    case 'object':
    case 'list':
      return body.object()
    case 'bytes':
      return body.contentType.startsWith('application/json') ? JSON.parse(decoder.decode(body.bytes)) : decoder.decode(body.bytes)
    default:
      return undefined
  }
}

async function* bytesOf(body: Body): AsyncGenerator<Uint8Array, void> {
  switch (body.kind) {
    case 'object':
      return void (yield body.bytes())
    case 'list':
      return void (yield* body.chunks())
    case 'bytes':
      return void (yield body.bytes)
    case 'stream':
      return void (yield* body.chunks)
    default:
  }
}

/** Frames as they come; the watch starts at once and ends when the reader leaves. */
function framesOf(watch: WatchBody, signal: AbortSignal): AsyncIterable<WatchFrame> {
  const stop = new AbortController()
  const unread: SharedFrame[] = []
  let wake: () => void = () => {}
  let taken: () => void = () => {}
  let isOver = false
  const reader: FrameReader = {
    send(frames) {
      if (unread.length > unreadMax) return false
      for (const frame of frames) unread.push(frame)
      wake()
      return true
    },
    drained: () => (unread.length === 0 || isOver ? Promise.resolve() : new Promise((resolve) => (taken = resolve))),
  }
  const finish = () => {
    isOver = true
    wake()
  }
  void watch.run(reader, AbortSignal.any([signal, stop.signal])).finally(finish)
  return {
    async *[Symbol.asyncIterator]() {
      try {
        for (;;) {
          for (const { frame } of unread.splice(0)) yield frame
          if (unread.length > 0) continue
          taken()
          if (isOver) return
          await new Promise<void>((resolve) => (wake = resolve))
        }
      } finally {
        stop.abort()
        taken()
      }
    },
  }
}
