/**
 * An object is turned into bytes once, when it is written. Its resourceVersion is known only after
 * that, so the stored bytes lack it, and `withRevision` splices it in where upstream writes it: in `metadata`, which
 * `encodeObject` always puts first after apiVersion and kind, behind what names the object.
 */
import { goJson } from '#base/encoding/go-json'
import type { KubeObject } from './object.ts'
import { parseExact } from './schema/json.ts'

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
  const form = revisionForm(stored, revisionPlace(stored), revision)
  const bytes = new Uint8Array(stored.length + form.field.length + 1)
  writeWithRevision(stored, form, { target: bytes, at: 0, from: 0 })
  bytes[bytes.length - 1] = lineBreak
  return bytes
}

/** A revision as it is spliced into stored bytes. `field` is ASCII. */
export type RevisionForm = { readonly place: number; readonly field: string }

/** Where stored bytes take their revision. Throws for what has no metadata. */
export function revisionPlace(stored: Uint8Array): number {
  return endOfNames(stored, endOfMetadataOpening(stored))
}

/** `place` is the one of `revisionPlace`. */
export function revisionForm(stored: Uint8Array, place: number, revision: number): RevisionForm {
  const text = `"resourceVersion":"${revision}"`
  if (stored[place - 1] !== openingBrace) return { place, field: `,${text}` }
  return { place, field: stored[place] === closingBrace ? text : `${text},` }
}

/** The length of the bytes with their revision, without a line break. */
export function lengthWithRevision(stored: Uint8Array, place: number, revision: number): number {
  const isAlone = stored[place - 1] === openingBrace && stored[place] === closingBrace
  return stored.length + bareField.length + String(revision).length + (isAlone ? 0 : 1)
}

const bareField = '"resourceVersion":""'

/** Where to write, and from which of the stored bytes on. */
export type WritePlace = { readonly target: Uint8Array; readonly at: number; readonly from: number }

/** Writes stored bytes with their revision, without a line break. Answers where they end. */
export function writeWithRevision(stored: Uint8Array, { place, field }: RevisionForm, { target, at, from }: WritePlace): number {
  target.set(stored.subarray(from, place), at)
  const fieldAt = at + place - from
  for (let index = 0; index < field.length; index++) target[fieldAt + index] = field.charCodeAt(index)
  target.set(stored.subarray(place), fieldAt + field.length)
  return fieldAt + field.length + stored.length - place
}

/** Parses bytes that this module made. */
export function decodeObject(bytes: Uint8Array): KubeObject {
  return parseExact(decoder.decode(bytes)) as KubeObject
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
const [quote, backslash, comma, openingBrace, closingBrace] = [0x22, 0x5c, 0x2c, 0x7b, 0x7d]

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
