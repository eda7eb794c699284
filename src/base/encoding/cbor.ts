/**
 * CBOR (RFC 8949) as the API server speaks it: JSON's values, with texts written as byte strings, `Uint8Array` as bytes that JSON would
 * show in base64, and a tag in front that says what it is. Both forms of strings are read. Nesting and lengths are bounded by the input.
 */

/** What is wrong with bytes that are no CBOR, or hold what JSON cannot. */
export class CborError extends Error {
  override readonly name = 'CborError'
}

const depthMax = 64
/** "What follows is CBOR." */
const selfDescribed = 55799
/** "Bytes that JSON would have in base64." */
const base64Tag = 22

export function encodeCbor(value: unknown): Uint8Array<ArrayBuffer> {
  const writer = new Writer()
  writer.head(6, selfDescribed)
  writer.value(value)
  return writer.finish()
}

/** Bytes of a value that was encoded before go as they are. */
export class EncodedCbor {
  readonly bytes: Uint8Array
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
}

const encoder = new TextEncoder()

class Writer {
  #bytes = new Uint8Array(1024)
  #length = 0

  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length)
  }

  value(value: unknown): void {
    if (typeof value === 'string') this.#string(encoder.encode(value))
    else if (typeof value === 'number') this.#number(value)
    else if (typeof value === 'boolean') this.#put([value ? 0xf5 : 0xf4])
    else if (value === null || value === undefined) this.#put([0xf6])
    else if (Array.isArray(value)) this.#list(value)
    else if (value instanceof EncodedCbor) this.#put(value.bytes)
    else if (value instanceof Uint8Array) {
      this.head(6, base64Tag)
      this.#string(value)
    } else this.#object(value)
  }

  head(major: number, argument: number | bigint): void {
    const first = major << 5
    if (argument < 24) return this.#put([first | Number(argument)])
    const size = argument <= 0xff ? 1 : argument <= 0xffff ? 2 : argument <= 0xffff_ffff ? 4 : 8
    const head = new DataView(new ArrayBuffer(9))
    head.setUint8(0, first | (size === 1 ? 24 : size === 2 ? 25 : size === 4 ? 26 : 27))
    if (size === 1) head.setUint8(1, Number(argument))
    else if (size === 2) head.setUint16(1, Number(argument))
    else if (size === 4) head.setUint32(1, Number(argument))
    else head.setBigUint64(1, BigInt(argument))
    this.#put(new Uint8Array(head.buffer, 0, 1 + size))
  }

  #put(bytes: ArrayLike<number>): void {
    const needed = this.#length + bytes.length
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length))
      grown.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = grown
    }
    this.#bytes.set(bytes, this.#length)
    this.#length = needed
  }

  #string(bytes: Uint8Array): void {
    this.head(2, bytes.length)
    this.#put(bytes)
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value)) return value < 0 ? this.head(1, -1 - value) : this.head(0, value)
    const float = new DataView(new ArrayBuffer(9))
    float.setUint8(0, 0xfb)
    float.setFloat64(1, value)
    this.#put(new Uint8Array(float.buffer))
  }

  #list(list: readonly unknown[]): void {
    this.head(4, list.length)
    for (const item of list) this.value(item)
  }

  #object(value: object): void {
    const text = rawText(value)
    if (text !== undefined) return this.#digits(text)
    const members = Object.entries(value).filter(([, inner]) => inner !== undefined)
    this.head(5, members.length)
    for (const [key, inner] of members) {
      this.#string(encoder.encode(key))
      this.value(inner)
    }
  }

  #digits(text: string): void {
    if (!/^-?\d+$/.test(text)) return this.#number(Number(text))
    const integer = BigInt(text)
    if (integer < 0) this.head(1, -1n - integer)
    else this.head(0, integer)
  }
}

/** The digits of a number that a double could not hold. */
function rawText(value: object): string | undefined {
  return rawJson.isRawJSON(value) ? JSON.stringify(value) : undefined
}

/** The compiler's library does not know these two yet. */
const rawJson = JSON as unknown as { rawJSON(text: string): unknown; isRawJSON(value: unknown): boolean }

/** The value as JSON would have given it. Throws a CborError. */
export function decodeCbor(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes)
  const value = reader.value(0)
  const rest = bytes.length - reader.at
  if (rest > 0) throw new CborError(`cbor: ${rest} bytes of extraneous data starting at index ${reader.at}`)
  return value
}

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** `size` is undefined where the end is marked instead. */
type Head = { readonly major: number; readonly info: number; readonly argument: bigint; readonly size: number | undefined }

class Reader {
  at = 0
  readonly #bytes: Uint8Array
  readonly #view: DataView

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  value(depth: number): unknown {
    if (depth > depthMax) throw new CborError(`cbor: exceeded max nested level ${depthMax}`)
    const head = this.#head()
    switch (head.major) {
      case 0:
        return exact(head.argument)
      case 1:
        return exact(-1n - head.argument)
      case 2:
        return textOf(this.#string(head))
      case 3:
        return textOf(this.#string(head))
      case 4:
        return this.#list(head, depth)
      case 5:
        return this.#map(head, depth)
      case 6:
        return this.#tagged(Number(head.argument), depth)
      default:
        return this.#simple(head)
    }
  }

  #head(): Head {
    const first = this.#take(1)[0] ?? 0
    const [major, info] = [first >> 5, first & 0x1f]
    if (info < 24) return { major, info, argument: BigInt(info), size: info }
    if (info === 31 && major >= 2 && major !== 6) return { major, info, argument: 0n, size: undefined }
    if (info > 27) throw new CborError(`cbor: invalid additional information ${info} for type ${typeNames[major]}`)
    const argument = this.#argument(info)
    return { major, info, argument, size: Number(argument) }
  }

  #argument(info: number): bigint {
    const at = this.at
    this.#take(1 << (info - 24))
    if (info === 24) return BigInt(this.#view.getUint8(at))
    if (info === 25) return BigInt(this.#view.getUint16(at))
    return info === 26 ? BigInt(this.#view.getUint32(at)) : this.#view.getBigUint64(at)
  }

  #take(count: number): Uint8Array {
    if (this.at + count > this.#bytes.length) throw new CborError(this.#bytes.length === 0 ? 'EOF' : 'unexpected EOF')
    const taken = this.#bytes.subarray(this.at, this.at + count)
    this.at += count
    return taken
  }

  /** The bytes of a string, in one piece or in several. */
  #string({ major, size }: Head): Uint8Array {
    if (size !== undefined) return this.#take(size)
    const parts: Uint8Array[] = []
    while (!this.#ends()) {
      const part = this.#head()
      if (part.major !== major || part.size === undefined)
        throw new CborError(`cbor: wrong element type ${typeNames[part.major]} for indefinite-length ${typeNames[major]}`)
      parts.push(this.#take(part.size))
    }
    return joined(parts)
  }

  /** Takes the mark at the end of what has no length. */
  #ends(): boolean {
    if (this.at >= this.#bytes.length) throw new CborError('unexpected EOF')
    if (this.#bytes[this.at] !== 0xff) return false
    this.at++
    return true
  }

  #list({ size }: Head, depth: number): unknown[] {
    const list: unknown[] = []
    while (size === undefined ? !this.#ends() : list.length < size) list.push(this.value(depth + 1))
    return list
  }

  #map({ size }: Head, depth: number): unknown {
    const members = new Map<string, unknown>()
    for (let index = 0; size === undefined ? !this.#ends() : index < size; index++) {
      const key = this.value(depth + 1)
      const name = typeof key === 'string' ? key : JSON.stringify(key)
      if (members.has(name)) throw new CborError(`cbor: found duplicate map key ${JSON.stringify(name)} at map element index ${index}`)
      members.set(name, this.value(depth + 1))
    }
    return Object.fromEntries(members)
  }

  #tagged(tag: number, depth: number): unknown {
    // Bytes that JSON would have in base64, whatever its alphabet.
    if (tag >= 21 && tag <= 23 && (this.#bytes[this.at] ?? 0) >> 5 === 2) {
      const bytes = this.#string(this.#head())
      return tag === 23 ? bytes.toHex().toUpperCase() : bytes.toBase64(tag === 21 ? { alphabet: 'base64url', omitPadding: true } : {})
    }
    const value = this.value(depth + 1)
    if (tag === 1) return timeOf(value)
    return value
  }

  #simple({ info, argument }: Head): unknown {
    const at = this.at
    switch (info) {
      case 20:
        return false
      case 21:
        return true
      case 22:
        return null
      case 25:
        return finite(this.#view.getFloat16(at - 2))
      case 26:
        return finite(this.#view.getFloat32(at - 4))
      case 27:
        return finite(this.#view.getFloat64(at - 8))
      default:
        throw new CborError(`${notAccepted}: simple value ${argument} is not recognized`)
    }
  }
}

const notAccepted = 'cbor: data item of cbor type primitives is not accepted by protocol'
const typeNames = ['positive integer', 'negative integer', 'byte string', 'UTF-8 text string', 'array', 'map', 'tag', 'primitives']

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function exact(integer: bigint): unknown {
  const number = Number(integer)
  return Number.isSafeInteger(number) ? number : rawJson.rawJSON(String(integer))
}

function finite(number: number): unknown {
  if (Number.isNaN(number)) throw new CborError(`${notAccepted}: floating-point NaN`)
  if (!Number.isFinite(number)) throw new CborError(`${notAccepted}: floating-point infinity`)
  // A float is none of JSON's integers, whatever its value.
  const text = String(number)
  return /^-?\d+$/.test(text) ? rawJson.rawJSON(`${text}.0`) : number
}

function textOf(bytes: Uint8Array): string {
  try {
    return strictDecoder.decode(bytes)
  } catch (error) {
    throw new CborError('cbor: invalid UTF-8 string', { cause: error })
  }
}

/** Seconds since 1970, as a time that the API has. */
function timeOf(value: unknown): string {
  const seconds = Number(JSON.stringify(value))
  const milliseconds = seconds * 1000
  if (Number.isNaN(seconds) || Math.abs(milliseconds) > 8.64e15) {
    const sort = Array.isArray(value) ? 'array' : typeof value === 'string' ? 'UTF-8 text string' : 'map'
    throw new CborError(`cbor: tag number 1 must be followed by integer or floating-point number, got ${sort}`)
  }
  return new Date(milliseconds).toISOString().replace('.000Z', 'Z')
}
