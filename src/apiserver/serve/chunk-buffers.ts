/** The few buffers that a long answer is made in: a new one for each chunk would be garbage by the megabyte. */
import { chunkBytes } from '../exchange.ts'

/** Room for the object that a chunk ends with. */
const bufferBytes = chunkBytes + 16 * 1024

export class ChunkBuffers {
  readonly #free: Uint8Array[] = []

  take(size: number): Uint8Array {
    return (size <= bufferBytes ? this.#free.pop() : undefined) ?? Buffer.allocUnsafeSlow(Math.max(size, bufferBytes))
  }

  /** Gives back what a chunk lies in; nobody may read the chunk any more. */
  give({ buffer }: Uint8Array): void {
    if (buffer instanceof ArrayBuffer && buffer.byteLength === bufferBytes) this.#free.push(new Uint8Array(buffer))
  }
}
