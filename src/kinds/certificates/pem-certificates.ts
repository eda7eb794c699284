/** Certificates in a row, as PEM. Only their outline is read: what they say is for who trusts them. */

const blocks = /-----BEGIN ([^-\n]*)-----\n([^-]*)-----END \1-----/g

/** Why the text is no bundle of certificates; undefined if it is one. */
export function pemProblem(text: string): string | undefined {
  const entries = [...text.matchAll(blocks)]
  if (entries.length === 0) return 'at least one trust anchor must be provided'
  const seen = new Map<string, number>()
  for (const [index, [, label = '', body = '']] of entries.entries()) {
    const base64 = body.replaceAll(/\s/g, '')
    if (label !== 'CERTIFICATE') return `entry ${index} has bad block type: ${label}`
    if (/^[A-Za-z-]+:/.test(body)) return `entry ${index} has PEM block headers`
    if (!isCertificate(bytesOf(base64))) return `entry ${index} does not parse as X.509`
    const first = seen.get(base64)
    if (first !== undefined) return `duplicate trust anchor (indices [${first} ${index}])`
    seen.set(base64, index)
  }
  return undefined
}

/** Whether the bytes are a sequence of what is signed, how, and the signature: so are certificates and requests for them. */
export function isCertificate(bytes: Uint8Array | undefined): boolean {
  const outer = bytes && elementAt(bytes, 0)
  if (bytes === undefined || outer?.tag !== sequence || outer.end !== bytes.length) return false
  const tags: number[] = []
  for (let at = outer.start; at < outer.end; ) {
    const inner = elementAt(bytes, at)
    if (inner === undefined || inner.end > outer.end) return false
    tags.push(inner.tag)
    at = inner.end
  }
  return tags.length === 3 && tags[0] === sequence && tags[1] === sequence && tags[2] === bitString
}

const sequence = 0x30
const bitString = 0x03

type Element = { readonly tag: number; readonly start: number; readonly end: number }

/** The DER element that begins at `at`. */
function elementAt(bytes: Uint8Array, at: number): Element | undefined {
  const [tag, first] = [bytes[at], bytes[at + 1]]
  if (tag === undefined || first === undefined) return undefined
  if (first < 0x80) return { tag, start: at + 2, end: at + 2 + first }
  const count = first & 0x7f
  if (count === 0 || count > 4) return undefined
  let length = 0
  for (const byte of bytes.subarray(at + 2, at + 2 + count)) length = length * 256 + byte
  return { tag, start: at + 2 + count, end: at + 2 + count + length }
}

function bytesOf(base64: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  } catch {
    return undefined
  }
}
