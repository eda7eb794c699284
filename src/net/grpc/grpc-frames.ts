/** Messages in a gRPC body: one byte that tells of compression, the length in four, the message. */
import { GrpcError } from './grpc-error.ts'

const prefixBytes = 5

export function framed(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(prefixBytes + message.length)
  frame[0] = 0
  frame.writeUInt32BE(message.length, 1)
  frame.set(message, prefixBytes)
  return frame
}

/** Cuts a body, which comes in chunks of any size, into its messages. */
export class MessageReader {
  #chunks: Buffer[] = []
  #size = 0
  /** Below this many bytes there is nothing to do. */
  #neededSize = prefixBytes
  readonly #messageBytesMax: number

  constructor(messageBytesMax: number) {
    this.#messageBytesMax = messageBytesMax
  }

  /** The messages that the chunk completes. Throws GrpcError on one that is compressed or too large. */
  take(chunk: Buffer): readonly Uint8Array[] {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    if (this.#size < this.#neededSize) return []
    const messages: Uint8Array[] = []
    let rest = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks)
    this.#neededSize = sizeOf(rest, this.#messageBytesMax)
    while (rest.length >= this.#neededSize) {
      messages.push(rest.subarray(prefixBytes, this.#neededSize))
      rest = rest.subarray(this.#neededSize)
      this.#neededSize = sizeOf(rest, this.#messageBytesMax)
    }
    this.#chunks = rest.length === 0 ? [] : [rest]
    this.#size = rest.length
    return messages
  }
}

/** Of the frame that begins here: all of it, or its prefix where that is not complete. */
function sizeOf(frame: Buffer, messageBytesMax: number): number {
  if (frame.length < prefixBytes) return prefixBytes
  if (frame[0] !== 0) throw new GrpcError('Unimplemented', 'a compressed message, which this client did not ask for')
  const length = frame.readUInt32BE(1)
  if (length > messageBytesMax)
    throw new GrpcError('ResourceExhausted', `grpc: received message larger than max (${length} vs. ${messageBytesMax})`)
  return prefixBytes + length
}
