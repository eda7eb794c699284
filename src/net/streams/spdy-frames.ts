/** SPDY/3.1 frames as values and as bytes; header blocks stay compressed, since they must be read in order (spdy-headers.ts). */

export type SpdyFrame =
  | { readonly type: 'synStream'; readonly streamId: number; readonly block: Buffer; readonly isFin: boolean }
  | { readonly type: 'synReply'; readonly streamId: number; readonly block: Buffer; readonly isFin: boolean }
  | { readonly type: 'headers'; readonly streamId: number; readonly block: Buffer; readonly isFin: boolean }
  | { readonly type: 'rstStream'; readonly streamId: number; readonly status: number }
  | { readonly type: 'ping'; readonly id: number }
  | { readonly type: 'goAway'; readonly lastStreamId: number }
  | { readonly type: 'data'; readonly streamId: number; readonly bytes: Buffer; readonly isFin: boolean }
  /** Settings, window updates and credentials: Kubernetes peers neither send nor heed them. */
  | { readonly type: 'other' }

const control = 0x8003
const types = { synStream: 1, synReply: 2, rstStream: 3, ping: 6, goAway: 7, headers: 8 } as const
const streamIdMask = 0x7fffffff

export function encodeFrame(frame: Exclude<SpdyFrame, { type: 'other' }>): Buffer {
  switch (frame.type) {
    case 'data':
      return Buffer.concat([words(frame.streamId, lengthWord(frame.isFin, frame.bytes.length)), frame.bytes])
    case 'synStream':
      return controlFrame(types.synStream, frame.isFin, Buffer.concat([words(frame.streamId, 0), Buffer.alloc(2), frame.block]))
    case 'synReply':
    case 'headers':
      return controlFrame(types[frame.type], frame.isFin, Buffer.concat([words(frame.streamId), frame.block]))
    case 'rstStream':
      return controlFrame(types.rstStream, false, words(frame.streamId, frame.status))
    case 'ping':
      return controlFrame(types.ping, false, words(frame.id))
    case 'goAway':
      return controlFrame(types.goAway, false, words(frame.lastStreamId, 0))
  }
}

function controlFrame(type: number, isFin: boolean, payload: Buffer): Buffer {
  return Buffer.concat([words(((control << 16) | type) >>> 0, lengthWord(isFin, payload.length)), payload])
}

function lengthWord(isFin: boolean, length: number): number {
  return ((isFin ? 1 << 24 : 0) | length) >>> 0
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4)
  return bytes
}

/** Cuts a byte stream into frames; ends with it, throws on another version of the protocol. */
export async function* readFrames(source: AsyncIterable<Buffer>): AsyncGenerator<SpdyFrame> {
  let pending: Buffer[] = []
  let pendingLength = 0
  let wantedLength = 8
  for await (const chunk of source) {
    pending.push(chunk)
    pendingLength += chunk.length
    // Joined only when a whole frame is there: a large frame must not be copied once per chunk.
    if (pendingLength < wantedLength) continue
    let bytes = Buffer.concat(pending)
    for (wantedLength = frameLength(bytes); bytes.length >= wantedLength; wantedLength = frameLength(bytes)) {
      yield decodeFrame(bytes.subarray(0, wantedLength))
      bytes = bytes.subarray(wantedLength)
    }
    pending = [bytes]
    pendingLength = bytes.length
  }
}

function frameLength(bytes: Buffer): number {
  return bytes.length < 8 ? 8 : 8 + bytes.readUIntBE(5, 3)
}

function decodeFrame(bytes: Buffer): SpdyFrame {
  const first = bytes.readUInt32BE(0)
  const isFin = (bytes.readUInt8(4) & 1) === 1
  const payload = bytes.subarray(8)
  if (first <= streamIdMask) return { type: 'data', streamId: first, bytes: payload, isFin }
  if (first >>> 16 !== control) throw new Error(`SPDY version ${(first >>> 16) & 0x7fff} is not spoken here, only 3`)
  return decodeControl(first & 0xffff, payload, isFin)
}

const payloadLengthMin: Readonly<Record<number, number>> = { 1: 10, 2: 4, 3: 8, 6: 4, 7: 8, 8: 4 }

function decodeControl(type: number, payload: Buffer, isFin: boolean): SpdyFrame {
  if (payload.length < (payloadLengthMin[type] ?? 0)) throw new Error(`SPDY frame of type ${type} is too short`)
  const streamId = () => payload.readUInt32BE(0) & streamIdMask
  switch (type) {
    case types.synStream:
      return { type: 'synStream', streamId: streamId(), block: payload.subarray(10), isFin }
    case types.synReply:
      return { type: 'synReply', streamId: streamId(), block: payload.subarray(4), isFin }
    case types.headers:
      return { type: 'headers', streamId: streamId(), block: payload.subarray(4), isFin }
    case types.rstStream:
      return { type: 'rstStream', streamId: streamId(), status: payload.readUInt32BE(4) }
    case types.ping:
      return { type: 'ping', id: payload.readUInt32BE(0) }
    case types.goAway:
      return { type: 'goAway', lastStreamId: streamId() }
    default:
      return { type: 'other' }
  }
}
