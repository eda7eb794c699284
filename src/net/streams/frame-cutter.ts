/**
 * Cuts what comes over a WebSocket connection at the borders of its frames. Who passes such bytes on must send no two frames at once:
 * TLS would put them into one record, and clients that wait for bytes and then read one frame (Python's) would miss the second.
 */
export class FrameCutter {
  #bytesLeft: number
  /** The beginning of a frame that does not tell its length yet. */
  #head: Uint8Array

  constructor() {
    this.#bytesLeft = 0
    this.#head = new Uint8Array()
  }

  /** Pieces of at most one frame each, in order; together they are all that came so far, but for the beginning of a header. */
  *cut(chunk: Uint8Array): Generator<Uint8Array, void> {
    let bytes = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk])
    this.#head = new Uint8Array()
    while (bytes.length > 0) {
      if (this.#bytesLeft === 0) {
        const length = frameLength(bytes)
        if (length === undefined) {
          this.#head = bytes
          return
        }
        this.#bytesLeft = length
      }
      const piece = bytes.subarray(0, this.#bytesLeft)
      this.#bytesLeft -= piece.length
      bytes = bytes.subarray(piece.length)
      yield piece
    }
  }
}

/** Of the frame that begins here, header and all (RFC 6455, section 5.2); undefined if its header is not complete. */
function frameLength(bytes: Uint8Array): number | undefined {
  const [, second] = bytes
  if (second === undefined) return undefined
  const maskLength = second >= 0x80 ? 4 : 0
  const short = second & 0x7f
  if (short < 126) return 2 + maskLength + short
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (short === 126) return bytes.length < 4 ? undefined : 4 + maskLength + view.getUint16(2)
  return bytes.length < 10 ? undefined : 10 + maskLength + Number(view.getBigUint64(2))
}
