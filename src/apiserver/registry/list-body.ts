/** A page as the body of an answer: stored bytes joined, or frozen objects in a list. */
import { goJson } from '#base/encoding/go-json'
import type { Kind } from '#meta/kind'
import type { Body } from '../exchange.ts'
import type { Page } from './list.ts'

const encoder = new TextEncoder()
const comma = encoder.encode(',{')
const open = encoder.encode('{')
const close = encoder.encode(']}\n')

export function listBody(kind: Kind, page: Page): Body {
  const { apiVersion, listKind } = kind
  const list = { apiVersion, kind: listKind, metadata: listMeta(page), entries: page.entries }
  return { kind: 'list', chunks: () => chunksOf(kind, page), object: () => listObject(kind, page), list }
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

/** As upstream, items of a list carry no kind and apiVersion of their own: their bytes are cut behind both. */
function* chunksOf(kind: Kind, page: Page): Generator<Uint8Array> {
  const head = { kind: kind.listKind, apiVersion: kind.apiVersion, metadata: listMeta(page) }
  yield encoder.encode(`${goJson(head).slice(0, -1)},"items":[`)
  const typeBytes = encoder.encode(`{"kind":${JSON.stringify(kind.kind)},"apiVersion":${JSON.stringify(kind.apiVersion)},`).length
  let isFirst = true
  for (const entry of page.entries) {
    yield isFirst ? open : comma
    yield entry.bytes().subarray(typeBytes, -1)
    isFirst = false
  }
  yield close
}
