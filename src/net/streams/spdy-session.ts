/**
 * A SPDY/3.1 session over an upgraded connection, either side: streams opened here and streams opened by the peer.
 * Go's SPDY library has no flow control windows, so neither have we: the connection itself holds back a fast sender,
 * because the session reads on only when the stream that the last frame was for has room.
 */
import { Duplex } from 'node:stream'
import { finished } from 'node:stream/promises'
import { encodeFrame, readFrames, type SpdyFrame } from './spdy-frames.ts'
import { SpdyHeaderReader, type SpdyHeaders, SpdyHeaderWriter } from './spdy-headers.ts'

export interface SpdyStream {
  readonly headers: SpdyHeaders
  /** Ending it sends FIN; destroying it resets the stream. It ends, without an error, when the session closes. */
  readonly body: Duplex
}

export interface SpdySessionOptions {
  readonly side: 'client' | 'server'
  /** Called for each stream that the peer opens; streams are answered before. */
  readonly onStream: (stream: SpdyStream) => void
}

const cancelStatus = 5
const dataBytesMax = 64 << 10
const openStreamsMax = 1000

interface OpenStream extends SpdyStream {
  readonly id: number
  /** Lets the reading of the connection go on. */
  resume: () => void
  onReply: () => void
  onRefused: () => void
  isRemoteDone: boolean
  isLocalDone: boolean
}

export class SpdySession {
  readonly #connection: Duplex
  readonly #options: SpdySessionOptions
  readonly #streams = new Map<number, OpenStream>()
  readonly #headerWriter = new SpdyHeaderWriter()
  readonly #closed: Promise<Error | undefined>
  #nextStreamId: number
  #lastRemoteStreamId = 0
  #isClosed = false

  constructor(connection: Duplex, options: SpdySessionOptions) {
    this.#connection = connection
    this.#options = options
    this.#nextStreamId = options.side === 'client' ? 1 : 2
    this.#closed = this.#run()
  }

  /** Resolves when the connection has ended, with the reason where it did not end in peace. */
  get closed(): Promise<Error | undefined> {
    return this.#closed
  }

  /** Opens a stream; resolves when the peer has accepted it. */
  open(headers: SpdyHeaders, isWriteEnded = false): Promise<SpdyStream> {
    if (this.#isClosed) return Promise.reject(new Error('the SPDY session is closed'))
    const streamId = this.#nextStreamId
    this.#nextStreamId += 2
    const stream = this.#addStream(streamId, headers)
    stream.isLocalDone = isWriteEnded
    if (isWriteEnded) stream.body.end()
    this.#send({ type: 'synStream', streamId, block: this.#headerWriter.write(headers), isFin: isWriteEnded })
    return new Promise((resolve, reject) => {
      stream.onReply = () => resolve(stream)
      stream.onRefused = () => reject(new Error('the peer refused the SPDY stream'))
    })
  }

  /** Ends the connection after what was written has been sent. */
  close(): void {
    if (!this.#isClosed) this.#connection.end(encodeFrame({ type: 'goAway', lastStreamId: this.#lastRemoteStreamId }))
  }

  async #run(): Promise<Error | undefined> {
    const fault = await this.#readAll()
    this.#isClosed = true
    for (const stream of this.#streams.values()) endBody(stream)
    this.#streams.clear()
    this.#connection.end()
    await finished(this.#connection, { readable: false }).catch(() => this.#connection.destroy())
    return fault
  }

  async #readAll(): Promise<Error | undefined> {
    using headerReader = new SpdyHeaderReader()
    this.#connection.on('error', () => this.#connection.destroy())
    try {
      for await (const frame of readFrames(this.#connection)) await this.#receive(frame, headerReader)
      return undefined
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  }

  async #receive(frame: SpdyFrame, headerReader: SpdyHeaderReader): Promise<void> {
    switch (frame.type) {
      case 'synStream':
        return this.#accept(frame.streamId, await headerReader.read(frame.block), frame.isFin)
      case 'synReply':
      case 'headers': {
        await headerReader.read(frame.block)
        const stream = this.#streams.get(frame.streamId)
        stream?.onReply()
        if (stream !== undefined && frame.isFin) this.#endRemote(stream)
        return
      }
      case 'data':
        return this.#receiveData(frame.streamId, frame.bytes, frame.isFin)
      case 'rstStream': {
        const stream = this.#streams.get(frame.streamId)
        if (stream === undefined) return
        this.#streams.delete(frame.streamId)
        endBody(stream)
        return
      }
      case 'ping':
        // Odd ids are the client's: an id of our own parity would be the answer to a ping of ours.
        if (frame.id % 2 !== (this.#options.side === 'client' ? 1 : 0)) this.#send({ type: 'ping', id: frame.id })
        return
      default:
        return
    }
  }

  #accept(streamId: number, headers: SpdyHeaders, isFin: boolean): void {
    if (this.#streams.size >= openStreamsMax || streamId <= this.#lastRemoteStreamId) {
      this.#send({ type: 'rstStream', streamId, status: 3 })
      return
    }
    this.#lastRemoteStreamId = streamId
    const stream = this.#addStream(streamId, headers)
    this.#send({ type: 'synReply', streamId, block: this.#headerWriter.write({}), isFin: false })
    if (isFin) this.#endRemote(stream)
    this.#options.onStream(stream)
  }

  async #receiveData(streamId: number, bytes: Buffer, isFin: boolean): Promise<void> {
    const stream = this.#streams.get(streamId)
    if (stream === undefined) return
    if (bytes.length > 0 && !stream.body.destroyed && !stream.body.push(bytes)) {
      await new Promise<void>((resolve) => {
        stream.resume = resolve
      })
    }
    if (isFin) this.#endRemote(stream)
  }

  #endRemote(stream: OpenStream): void {
    if (!stream.isRemoteDone) stream.body.push(null)
    stream.isRemoteDone = true
    this.#forgetIfDone(stream)
  }

  #forgetIfDone(stream: OpenStream): void {
    if (stream.isRemoteDone && stream.isLocalDone) this.#streams.delete(stream.id)
  }

  #addStream(id: number, headers: SpdyHeaders): OpenStream {
    const body = new Duplex({
      // `for await` would otherwise destroy the stream when the peer has ended, though we may still write.
      autoDestroy: false,
      read: () => stream.resume(),
      write: (chunk: Buffer, _encoding, done) => this.#write(stream, chunk, done),
      final: (done) => {
        if (!stream.isLocalDone) this.#send({ type: 'data', streamId: id, bytes: Buffer.alloc(0), isFin: true })
        stream.isLocalDone = true
        this.#forgetIfDone(stream)
        done()
      },
      destroy: (error, done) => {
        stream.resume()
        if (this.#streams.delete(id)) this.#send({ type: 'rstStream', streamId: id, status: cancelStatus })
        done(error)
      },
    })
    // Whoever uses the body hears of a lost session by its end and by `closed`; a late write must not end the process.
    body.on('error', () => {})
    const stream: OpenStream = { id, headers, body, resume() {}, onReply() {}, onRefused() {}, isRemoteDone: false, isLocalDone: false }
    this.#streams.set(id, stream)
    return stream
  }

  #write(stream: OpenStream, chunk: Buffer, done: (error?: Error) => void): void {
    if (this.#isClosed || !this.#connection.writable) return done(new Error('the SPDY session is closed'))
    const parts: Buffer[] = []
    for (let at = 0; at < chunk.length; at += dataBytesMax) {
      parts.push(encodeFrame({ type: 'data', streamId: stream.id, bytes: chunk.subarray(at, at + dataBytesMax), isFin: false }))
    }
    this.#connection.write(parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts), (error) =>
      done(error ?? undefined),
    )
  }

  #send(frame: Exclude<SpdyFrame, { type: 'other' }>): void {
    if (!this.#isClosed && this.#connection.writable) this.#connection.write(encodeFrame(frame))
  }
}

/** Ends reading; what has been received can still be read. */
function endBody(stream: OpenStream): void {
  if (!stream.isRemoteDone) stream.body.push(null)
  stream.isRemoteDone = true
  stream.resume()
  stream.onRefused()
  if (!stream.body.writableEnded) stream.body.end()
}
