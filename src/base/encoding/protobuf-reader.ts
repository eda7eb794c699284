/** Reads the protocol buffer wire format; throws ProtobufError where the bytes end early or make no sense. */
import { ProtobufError } from './protobuf-error.ts'

const text = new TextDecoder('utf-8', { ignoreBOM: true })

/** Up to this length a loop over the bytes is faster than the engine's decoder. */
const shortTextMax = 24

export class ProtobufReader {
  readonly #bytes: Uint8Array
  #at = 0
  /** Where the message that is being read ends. */
  #end: number
  /** Halves of the varint read last. */
  #low = 0
  #high = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#end = bytes.length
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#end
  }

  /** `number << 3 | wireType` of the next field. */
  tag(): number {
    const tag = this.#varint()
    if (tag >>> 3 === 0) throw new ProtobufError('proto: illegal tag 0')
    return tag
  }

  int32(): number {
    return this.#varint() | 0
  }

  int64(isUnsigned: boolean): bigint {
    this.#varint()
    const value = (BigInt(this.#high) << 32n) | BigInt(this.#low)
    return isUnsigned ? value : BigInt.asIntN(64, value)
  }

  /** A signed 64-bit integer: a number where that is exact. */
  integer(): number | bigint {
    const low = this.#varint()
    const high = this.#high | 0
    // Beyond 53 bits a number is not exact.
    if (high >= -0x20_0000 && high < 0x20_0000) return high * 2 ** 32 + low
    return (BigInt(high) << 32n) | BigInt(low)
  }

  double(): number {
    const start = this.#skipOver(8)
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + start, 8).getFloat64(0, true)
  }

  string(): string {
    const length = this.#length()
    const start = this.#skipOver(length)
    return (length <= shortTextMax ? this.#shortAscii(start) : undefined) ?? text.decode(this.#bytes.subarray(start, this.#at))
  }

  /** A copy: the message must not keep the whole input alive. */
  bytes(): Uint8Array {
    return this.view().slice()
  }

  /** The bytes themselves, to be read at once. */
  view(): Uint8Array {
    const start = this.#skipOver(this.#length())
    return this.#bytes.subarray(start, this.#at)
  }

  /** Goes into the length-delimited field that is next: `isAtEnd` then speaks of it. What is answered is for `leave`. */
  enter(): number {
    const outer = this.#end
    const length = this.#length()
    if (length > outer - this.#at) throw new ProtobufError('unexpected EOF')
    this.#end = this.#at + length
    return outer
  }

  leave(outer: number): void {
    this.#at = this.#end
    this.#end = outer
  }

  skip(wireType: number): void {
    if (wireType === 0) this.#varint()
    else if (wireType === 1) this.#skipOver(8)
    else if (wireType === 2) this.#skipOver(this.#length())
    else if (wireType === 5) this.#skipOver(4)
    else throw new ProtobufError(`proto: illegal wireType ${wireType}`)
  }

  #length(): number {
    const length = this.#varint()
    if (this.#high !== 0) throw new ProtobufError('unexpected EOF')
    return length
  }

  /** Undefined where a character takes more than one byte. */
  #shortAscii(start: number): string | undefined {
    let result = ''
    for (let at = start; at < this.#at; at++) {
      const byte = this.#bytes[at] ?? 0
      if (byte > 0x7f) return undefined
      result += String.fromCharCode(byte)
    }
    return result
  }

  /** Where the `count` bytes start that were next. */
  #skipOver(count: number): number {
    const start = this.#at
    if (count > this.#end - start) throw new ProtobufError('unexpected EOF')
    this.#at = start + count
    return start
  }

  /** The low half, unsigned; both halves stay in the fields. */
  #varint(): number {
    const first = this.#bytes[this.#at]
    if (first !== undefined && first < 0x80 && this.#at < this.#end) {
      this.#at++
      this.#high = 0
      return (this.#low = first)
    }
    return this.#longVarint()
  }

  #longVarint(): number {
    this.#low = 0
    this.#high = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#at < this.#end ? this.#bytes[this.#at++] : undefined
      if (byte === undefined) throw new ProtobufError('unexpected EOF')
      this.#addSeptet(byte & 0x7f, shift)
      if (byte < 0x80) return this.#low
    }
    throw new ProtobufError('proto: integer overflow')
  }

  #addSeptet(septet: number, shift: number): void {
    if (shift < 28) this.#low |= septet << shift
    else if (shift === 28) {
      this.#low |= septet << 28
      this.#high = septet >>> 4
    } else this.#high = (this.#high | (septet << (shift - 32))) >>> 0
    this.#low >>>= 0
  }
}
