/** Reads the protocol buffer wire format; throws ProtobufError where the bytes end early or make no sense. */
import { ProtobufError } from './protobuf-error.ts'

const text = new TextDecoder()

export class ProtobufReader {
  readonly #bytes: Uint8Array
  #at = 0
  /** Halves of the varint read last. */
  #low = 0
  #high = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  tag(): { number: number; wireType: number } {
    const tag = this.#varint()
    if (tag >>> 3 === 0) throw new ProtobufError('field number 0')
    return { number: tag >>> 3, wireType: tag & 7 }
  }

  int32(): number {
    return this.#varint() | 0
  }

  int64(isUnsigned: boolean): bigint {
    this.#varint()
    const value = (BigInt(this.#high) << 32n) | BigInt(this.#low)
    return isUnsigned ? value : BigInt.asIntN(64, value)
  }

  double(): number {
    const bytes = this.#take(8)
    return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true)
  }

  string(): string {
    return text.decode(this.#take(this.#varint()))
  }

  /** A copy: the message must not keep the whole input alive. */
  bytes(): Uint8Array {
    return this.#take(this.#varint()).slice()
  }

  /** A reader of the next length-delimited field. */
  nested(): ProtobufReader {
    return new ProtobufReader(this.#take(this.#varint()))
  }

  skip(wireType: number): void {
    if (wireType === 0) this.#varint()
    else if (wireType === 1) this.#take(8)
    else if (wireType === 2) this.#take(this.#varint())
    else if (wireType === 5) this.#take(4)
    else throw new ProtobufError(`wire type ${wireType} is not known`)
  }

  #take(count: number): Uint8Array {
    const end = this.#at + count
    if (end > this.#bytes.length) throw new ProtobufError('unexpected end of message')
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }

  /** The low half, unsigned; both halves stay in the fields. */
  #varint(): number {
    this.#low = 0
    this.#high = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) throw new ProtobufError('unexpected end of message')
      this.#addSeptet(byte & 0x7f, shift)
      if (byte < 0x80) return this.#low
    }
    throw new ProtobufError('integer is longer than 10 bytes')
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
