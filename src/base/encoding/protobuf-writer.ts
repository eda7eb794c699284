/** Writes the protocol buffer wire format from the end to the start: what is inside a message is there before its length is asked for. */

const text = new TextEncoder()

/** Up to this length a loop over the characters is faster than the engine's encoder. */
const shortTextMax = 64

export class ProtobufWriter {
  #buffer = new Uint8Array(256)
  /** Index of the first byte written. */
  #start = 256

  /** Bytes written so far. */
  get length(): number {
    return this.#buffer.length - this.#start
  }

  /** What was written; valid until the writer is used again. */
  finish(): Uint8Array {
    return this.#buffer.subarray(this.#start)
  }

  /** Starts over, in the same memory. */
  clear(): void {
    this.#start = this.#buffer.length
  }

  tag(fieldNumber: number, wireType: number): void {
    this.#varint((fieldNumber << 3) | wireType, 0)
  }

  /** Two's complement in 64 bits, as every integer type of the wire format. */
  integer(value: number | bigint): void {
    if (typeof value === 'number') return this.#varint(value >>> 0, Math.floor(value / 2 ** 32) >>> 0)
    this.#varint(Number(BigInt.asUintN(32, value)), Number(BigInt.asUintN(32, value >> 32n)))
  }

  double(value: number): void {
    this.#make(8)
    new DataView(this.#buffer.buffer, this.#start, 8).setFloat64(0, value, true)
  }

  string(value: string): void {
    if (value.length > shortTextMax || !this.#shortAscii(value)) this.bytes(text.encode(value))
  }

  bytes(value: Uint8Array): void {
    this.#make(value.length)
    this.#buffer.set(value, this.#start)
    this.#varint(value.length, 0)
  }

  /** Puts the length of all that was written since `length` was `end`. */
  lengthSince(end: number): void {
    this.#varint(this.length - end, 0)
  }

  /** Whether the text was written: it is not where a character takes more than one byte. */
  #shortAscii(value: string): boolean {
    const { length } = value
    this.#make(length)
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index)
      if (code > 0x7f) {
        this.#start += length
        return false
      }
      this.#buffer[this.#start + index] = code
    }
    this.#varint(length, 0)
    return true
  }

  #varint(low: number, high: number): void {
    if (low <= 0x7f && high === 0) {
      this.#make(1)
      this.#buffer[this.#start] = low
      return
    }
    this.#make(varintLength(low, high))
    let at = this.#start
    while (low > 0x7f || high !== 0) {
      this.#buffer[at++] = (low & 0x7f) | 0x80
      low = ((low >>> 7) | (high << 25)) >>> 0
      high >>>= 7
    }
    this.#buffer[at] = low
  }

  #make(count: number): void {
    if (count > this.#start) this.#grow(count)
    this.#start -= count
  }

  #grow(count: number): void {
    const written = this.finish()
    const grown = new Uint8Array(Math.max(this.#buffer.length * 2, written.length + count + 256))
    grown.set(written, grown.length - written.length)
    this.#start = grown.length - written.length
    this.#buffer = grown
  }
}

function varintLength(low: number, high: number): number {
  const bits = high === 0 ? 32 - Math.clz32(low) : 64 - Math.clz32(high)
  return Math.max(1, Math.ceil(bits / 7))
}
