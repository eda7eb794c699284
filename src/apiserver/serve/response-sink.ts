/** Where an answer goes: an HTTP/2 stream or an HTTP/1.1 response, told apart nowhere else. */
import type { ServerResponse } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'

export type HeaderValues = Readonly<Record<string, string | readonly string[]>>

export interface ResponseSink {
  /** Sends status and headers at once. */
  head(status: number, headers: HeaderValues): void
  /** `written` is called when the bytes may be changed again. */
  write(bytes: Uint8Array, written?: () => void): void
  end(bytes?: Uint8Array): void
  /** Bytes that the reader has not taken yet. */
  backlog(): number
  /** Resolves when the reader has caught up, or is gone. */
  drained(): Promise<void>
  /** Gathers the writes of this tick into one. */
  cork(): void
  destroy(): void
}

export function http2Sink(stream: ServerHttp2Stream): ResponseSink {
  return {
    head(status, headers) {
      if (!stream.destroyed && !stream.headersSent) stream.respond({ ...headers, ':status': status } as never)
    },
    write: (bytes, written) => void (stream.writable && stream.write(bytes, written)),
    end: (bytes) => void (bytes === undefined ? stream.end() : stream.end(bytes)),
    backlog: () => stream.writableLength,
    drained: () => drainedOf(stream),
    cork: () => corked(stream),
    destroy: () => stream.close(),
  }
}

export function http1Sink(response: ServerResponse): ResponseSink {
  return {
    head(status, headers) {
      if (response.headersSent) return
      // As upstream: that the connection stays is not said, only that it does not.
      if (response.shouldKeepAlive) response.removeHeader('connection')
      corked(response)
      response.writeHead(status, headers as never)
      response.flushHeaders()
    },
    write: (bytes, written) => void (response.writable && response.write(bytes, written)),
    end: (bytes) => void (bytes === undefined ? response.end() : response.end(bytes)),
    backlog: () => response.writableLength,
    drained: () => drainedOf(response),
    cork: () => corked(response),
    destroy: () => response.destroy(),
  }
}

type Writer = ServerResponse | ServerHttp2Stream

function drainedOf(writer: Writer): Promise<void> {
  if (!writer.writableNeedDrain || writer.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    const done = () => {
      writer.off('drain', done)
      writer.off('close', done)
      resolve()
    }
    writer.on('drain', done)
    writer.on('close', done)
  })
}

function corked(writer: Writer): void {
  if (writer.writableCorked > 0) return
  writer.cork()
  process.nextTick(() => writer.uncork())
}
