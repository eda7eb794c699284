/** A page as the body of an answer: stored bytes joined, or frozen objects in a list. */
import { goJson } from '#base/encoding/go-json'
import type { Kind } from '#meta/kind'
import type { ObjectEntry } from '../cache/cache-entry.ts'
import { type Body, chunkBytes, type TakeBuffer } from '../exchange.ts'
import type { Page } from './list.ts'

const encoder = new TextEncoder()
const comma = 0x2c
const openingBrace = 0x7b

export function listBody(kind: Kind, page: Page): Body {
  const { apiVersion, listKind } = kind
  const list = { apiVersion, kind: listKind, metadata: listMeta(page), entries: page.entries }
  const frame = frameOf(kind, page)
  return {
    kind: 'list',
    chunks: (take) => chunksOf(page.entries, frame, take),
    length: () => lengthOf(page.entries, frame),
    object: () => listObject(kind, page),
    list,
  }
}

/** `metadata` of a list. */
function listMeta({ revision, continueToken, remaining }: Page): Readonly<Record<string, unknown>> {
  return {
    resourceVersion: String(revision),
    ...(continueToken === undefined ? {} : { continue: continueToken }),
    ...(remaining === undefined || remaining === 0 ? {} : { remainingItemCount: remaining }),
  }
}

function listObject(kind: Kind, page: Page): unknown {
  return { kind: kind.listKind, apiVersion: kind.apiVersion, metadata: listMeta(page), items: page.entries.map((entry) => entry.object()) }
}

/** What stands before the items, and how many bytes each item is cut by: as upstream, items carry no kind and apiVersion of their own. */
type ListFrame = { readonly opening: Uint8Array; readonly typeLength: number }

function frameOf(kind: Kind, page: Page): ListFrame {
  const head = { kind: kind.listKind, apiVersion: kind.apiVersion, metadata: listMeta(page) }
  const typeOfItem = `{"kind":${JSON.stringify(kind.kind)},"apiVersion":${JSON.stringify(kind.apiVersion)},`
  return { opening: encoder.encode(`${goJson(head).slice(0, -1)},"items":[`), typeLength: encoder.encode(typeOfItem).length }
}

function lengthOf(entries: readonly ObjectEntry[], { opening, typeLength }: ListFrame): number {
  const items = entries.reduce((sum, entry) => sum + entry.length() - typeLength + itemOpening, 0)
  return opening.length + items + closing.length - (entries.length === 0 ? 0 : 1)
}

function* chunksOf(
  entries: readonly ObjectEntry[],
  { opening, typeLength }: ListFrame,
  take: TakeBuffer = allocate,
): Generator<Uint8Array> {
  let before = opening
  let start = 0
  do {
    const { end, length } = chunkOf(entries, start, typeLength)
    const after = end === entries.length ? closing : nothing
    const target = take(before.length + length + after.length)
    target.set(before)
    let at = before.length
    for (let index = start; index < end; index++) {
      if (index > 0) target[at++] = comma
      target[at++] = openingBrace
      at = entries[index]?.writeTo({ target, at, from: typeLength }) ?? at
    }
    target.set(after, at)
    yield target.subarray(0, at + after.length)
    before = nothing
    start = end
  } while (start < entries.length)
}

const closing = encoder.encode(']}\n')
const nothing = new Uint8Array()
/** A comma and a brace. */
const itemOpening = 2

const allocate: TakeBuffer = (size) => Buffer.allocUnsafeSlow(size)

/** How far a chunk that starts here goes, and how long its items are at most. */
function chunkOf(entries: readonly ObjectEntry[], start: number, typeLength: number): { readonly end: number; readonly length: number } {
  let [end, length] = [start, 0]
  for (; end < entries.length && length < chunkBytes; end++) length += (entries[end]?.length() ?? 0) - typeLength + itemOpening
  return { end, length }
}
