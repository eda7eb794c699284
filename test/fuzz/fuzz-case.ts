/** One request of a fuzz run, and what a family of them is. */
import type { Corpus } from './corpus.ts'
import type { Draw } from './draw.ts'

/** A request of HTTP/2, or bytes that stand in place of a request of HTTP/1.1. */
export type FuzzCase =
  | {
      readonly wire: 'http2'
      readonly method: string
      readonly path: string
      readonly headers: Readonly<Record<string, string>>
      readonly body?: Uint8Array
    }
  | { readonly wire: 'http1'; readonly bytes: Uint8Array }

/** Where a case takes its material from. */
export type Source = { readonly draw: Draw; readonly corpus: Corpus; readonly token: string }

/** Draws one case of a kind of malformation. */
export type Family = (source: Source) => FuzzCase

/** The case as text, for whoever is to repeat it. */
export function textOf(fuzzCase: FuzzCase): string {
  if (fuzzCase.wire === 'http1') return `HTTP/1.1 ${excerpt(fuzzCase.bytes)}`
  const { method, path, headers, body } = fuzzCase
  return `${method} ${path.slice(0, 600)} ${JSON.stringify(headers).slice(0, 600)} ${body === undefined ? '' : excerpt(body)}`
}

function excerpt(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, 6000)).toString('latin1')
  return JSON.stringify(text) + (bytes.length > 6000 ? ` ... ${bytes.length} bytes` : '')
}
