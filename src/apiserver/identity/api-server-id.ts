/** The name by which an API server is known to the others of its cluster. */
import { createHash } from 'node:crypto'

const program = 'kube-apiserver'
const hashBytes = 16
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

/** As upstream: `apiserver-` and a hash of the host's and the program's name, so that a server has the same one after each start. */
export function apiServerId(hostname: string): string {
  const hash = createHash('sha256').update(lengthPrefixed(hostname)).update(lengthPrefixed(program)).digest()
  return `apiserver-${base32(hash.subarray(0, hashBytes))}`
}

/** Two bytes of length in front: no two pairs of names give the same bytes. */
function lengthPrefixed(text: string): Buffer {
  const bytes = Buffer.from(text)
  const prefix = Buffer.alloc(2)
  prefix.writeUInt16BE(bytes.length)
  return Buffer.concat([prefix, bytes])
}

/** RFC 4648 without padding, in small letters. */
function base32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('')
  const groups = bits.match(/.{1,5}/g) ?? []
  return groups.map((group) => alphabet[Number.parseInt(group.padEnd(5, '0'), 2)]).join('')
}
