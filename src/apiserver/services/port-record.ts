/**
 * What stands in a shared store about the node ports that are taken, where upstream has it: a bitmap that every claim replaces. Claims by several
 * servers meet there; which addresses and ports are taken is still told by the services themselves.
 */

import { envelopeOf } from '#meta/protobuf/envelope'
import type { StorageMediaType } from '../storage/value-format.ts'

export type PortRange = { readonly from: number; readonly to: number }

export const portRecordKey = '/registry/ranges/servicenodeports'

const type = { apiVersion: 'v1', kind: 'RangeAllocation' }
/** An ObjectMeta of which nothing is set, as upstream writes it. */
const emptyMetadata = Buffer.from('0a100a0012001a0022002a00320038004200', 'hex')

/** `taken` are offsets from the first port. */
export function portRecord({ from, to }: PortRange, taken: Iterable<number>, mediaType: StorageMediaType): Uint8Array {
  const range = `${from}-${to}`
  const data = bitmap(taken)
  if (mediaType === 'application/json')
    return new TextEncoder().encode(
      JSON.stringify({ kind: type.kind, apiVersion: type.apiVersion, metadata: {}, range, data: data.toString('base64') }),
    )
  return envelopeOf(type, Buffer.concat([emptyMetadata, field(2, Buffer.from(range)), field(3, data)]))
}

/** A number with a bit for each that is taken, the highest byte first and none in front of it. */
function bitmap(taken: Iterable<number>): Buffer {
  const offsets = [...taken]
  if (offsets.length === 0) return Buffer.alloc(0)
  const bytes = Buffer.alloc(Math.floor(Math.max(...offsets) / 8) + 1)
  for (const offset of offsets) {
    const at = bytes.length - 1 - Math.floor(offset / 8)
    bytes.writeUInt8(bytes.readUInt8(at) | (1 << (offset % 8)), at)
  }
  return bytes
}

/** A length-delimited field of the protobuf encoding. */
function field(number: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varint(content.length), content])
}

function varint(value: number): Buffer {
  return value < 0x80 ? Buffer.from([value]) : Buffer.concat([Buffer.from([(value & 0x7f) | 0x80]), varint(value >>> 7)])
}
