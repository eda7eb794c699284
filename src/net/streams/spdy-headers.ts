/**
 * SPDY/3 header blocks. Each direction of a session is one zlib stream that starts from a dictionary known to both sides.
 * We write stored (uncompressed) blocks, which every reader of zlib takes: our headers are a few words, and no state has to be kept.
 */
import { constants, createInflate, type Inflate } from 'node:zlib'

/** Names in lower case. */
export type SpdyHeaders = Readonly<Record<string, string>>

const headerBytesMax = 64 << 10

const words = [
  'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization',
  'cache-control connection content-base content-encoding content-language content-length content-location content-md5',
  'content-range content-type date etag expect expires from host if-match if-modified-since if-none-match if-range',
  'if-unmodified-since last-modified location max-forwards pragma proxy-authenticate proxy-authorization range referer retry-after',
  'server te trailer transfer-encoding upgrade user-agent vary via warning www-authenticate method get status',
].flatMap((line) => line.split(' '))
const moreWords = ['200 OK', 'version', 'HTTP/1.1', 'url', 'public', 'set-cookie', 'keep-alive', 'origin']
const tail = [
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505',
  '203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden',
  '404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable',
  'Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT',
  'chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,',
  'publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.',
].join('')

/** The dictionary of the SPDY/3 specification: words with their lengths, then common header text. */
export const spdyDictionary = Buffer.concat([...[...words, ...moreWords].map(lengthPrefixed), Buffer.from(tail)])

/** zlib's header for deflate with a preset dictionary, then the dictionary's checksum (Adler-32). */
const streamStart = Buffer.from([0x78, 0xbb, 0xe3, 0xc6, 0xa7, 0xc2])

/** An empty stored block. Go's reader hands out what it has read only when it meets one. */
const flushMark = Buffer.from([0, 0, 0, 0xff, 0xff])

/** Writes the header blocks of one direction. */
export class SpdyHeaderWriter {
  #isStarted = false

  write(headers: SpdyHeaders): Buffer {
    const entries = Object.entries(headers)
    const plain = Buffer.concat([
      uint32(entries.length),
      ...entries.flatMap(([name, value]) => [lengthPrefixed(name), lengthPrefixed(value)]),
    ])
    if (plain.length > 0xffff) throw new Error(`SPDY headers of ${plain.length} bytes are too long`)
    const stored = Buffer.from([0, plain.length & 0xff, plain.length >> 8, ~plain.length & 0xff, (~plain.length >> 8) & 0xff])
    const start = this.#isStarted ? [] : [streamStart]
    this.#isStarted = true
    return Buffer.concat([...start, stored, plain, flushMark])
  }
}

/** Reads the header blocks of one direction, in the order of their arrival; one read at a time. */
export class SpdyHeaderReader implements Disposable {
  readonly #inflate: Inflate = createInflate({ dictionary: spdyDictionary, flush: constants.Z_SYNC_FLUSH })
  #chunks: Buffer[] = []
  #byteCount = 0

  constructor() {
    this.#inflate.on('data', (chunk: Buffer) => {
      this.#byteCount += chunk.length
      this.#chunks.push(chunk)
      if (this.#byteCount > headerBytesMax) this.#inflate.destroy(new Error(`SPDY headers are longer than ${headerBytesMax} bytes`))
    })
  }

  async read(block: Buffer): Promise<SpdyHeaders> {
    this.#chunks = []
    this.#byteCount = 0
    await new Promise<void>((resolve, reject) => {
      this.#inflate.once('error', reject)
      this.#inflate.write(block, (error) => {
        this.#inflate.off('error', reject)
        if (error) reject(error)
        else resolve()
      })
    })
    return parseHeaders(Buffer.concat(this.#chunks))
  }

  [Symbol.dispose](): void {
    this.#inflate.destroy()
  }
}

function parseHeaders(plain: Buffer): SpdyHeaders {
  let at = 4
  const text = () => {
    const start = at + 4
    at = start + plain.readUInt32BE(at)
    if (at > plain.length) throw new Error('SPDY header block ends early')
    return plain.toString('utf8', start, at)
  }
  const entries: [string, string][] = []
  for (let count = plain.readUInt32BE(0); count > 0; count--) entries.push([text().toLowerCase(), text()])
  return Object.fromEntries(entries)
}

function lengthPrefixed(text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([uint32(bytes.length), bytes])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
