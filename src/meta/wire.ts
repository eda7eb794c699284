/**
 * An object is turned into bytes once, when it is written. Its resourceVersion is known only after
 * that, so the stored bytes lack it, and `withRevision` splices it in where upstream writes it: in `metadata`, which
 * `encodeObject` always puts first after apiVersion and kind, behind what names the object.
 */
import { goJson } from '#base/encoding/go-json'
import type { KubeObject } from './object.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** The bytes to store: JSON without `metadata.resourceVersion`. */
export function encodeObject(object: KubeObject): Uint8Array<ArrayBuffer> {
  const { apiVersion, kind, metadata, ...rest } = object
  const { resourceVersion: _, ...meta } = metadata
  return encoder.encode(goJson({ kind, apiVersion, metadata: meta, ...rest }))
}

const lineBreak = 0x0a
const metadataOpening = encoder.encode('"metadata":{')

/** The bytes to send: those that are stored, with the revision as resourceVersion and the line break that ends an answer. */
export function withRevision(stored: Uint8Array, revision: number): Uint8Array<ArrayBuffer> {
  const opening = endOfMetadataOpening(stored)
  const at = endOfNames(stored, opening)
  const isLast = stored[at] === closingBrace
  const text = `"resourceVersion":"${revision}"`
  const field = encoder.encode(at > opening ? `,${text}` : isLast ? text : `${text},`)
  const bytes = new Uint8Array(stored.length + field.length + 1)
  bytes.set(stored.subarray(0, at))
  bytes.set(field, at)
  bytes.set(stored.subarray(at), at + field.length)
  bytes[bytes.length - 1] = lineBreak
  return bytes
}

/** Parses bytes that this module made. */
export function decodeObject(bytes: Uint8Array): KubeObject {
  return JSON.parse(decoder.decode(bytes)) as KubeObject
}

function endOfMetadataOpening(bytes: Uint8Array): number {
  // kind and apiVersion stand before it and hold no such text: their length bounds the search.
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== metadataOpening[0] || !startsWith(bytes, at, metadataOpening)) continue
    return at + metadataOpening.length
  }
  throw new Error('stored object has no metadata')
}

/** The metadata fields that stand before resourceVersion. */
const names = ['name', 'generateName', 'namespace', 'selfLink', 'uid'].map((field) => encoder.encode(`"${field}":"`))
const [quote, backslash, comma, closingBrace] = [0x22, 0x5c, 0x2c, 0x7d]

/** Behind the last of them, before the comma or brace that follows. */
function endOfNames(bytes: Uint8Array, opening: number): number {
  let end = opening
  for (let at = opening; ; at = end + 1) {
    const name = names.find((one) => startsWith(bytes, at, one))
    if (name === undefined) return end
    end = endOfString(bytes, at + name.length)
    if (bytes[end] !== comma) return end
  }
}

/** Behind the closing quote of the string that goes on here. */
function endOfString(bytes: Uint8Array, start: number): number {
  let at = start
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1
  return at + 1
}

function startsWith(bytes: Uint8Array, at: number, wanted: Uint8Array): boolean {
  for (let offset = 0; offset < wanted.length; offset++) if (bytes[at + offset] !== wanted[offset]) return false
  return true
}
