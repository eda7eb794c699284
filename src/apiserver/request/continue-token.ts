/**
 * The `continue` of a page: which revision the list shows, and behind which key it goes on. Written as upstream writes it, so that
 * servers of both kinds on one etcd go on with each other's lists.
 */
import { isJsonObject } from '#meta/schema/go-type'
import { parseJson } from '#meta/schema/json'
import { JsonError } from '#meta/schema/json-scanner'
import { badRequest } from '#meta/status'

/** `revision` is -1 where the list goes on at the newest state, consistency given up. */
export type ContinueToken = { readonly revision: number; readonly afterKey: string }

const version = 'meta.k8s.io/v1'

/** `prefix` is what all keys of the list start with; it ends in a slash. */
export function encodeContinue({ revision, afterKey }: ContinueToken, prefix: string): string {
  const start = `${afterKey.slice(prefix.length - 1)}\0`
  return new TextEncoder()
    .encode(JSON.stringify({ v: version, rv: revision, start }))
    .toBase64({ alphabet: 'base64url', omitPadding: true })
}

/** Throws 400 in upstream's words. */
export function decodeContinue(text: string, prefix: string): ContinueToken {
  const { v, rv, start } = parsed(text)
  if (v !== version) throw invalidToken(`server does not recognize this encoded version ${JSON.stringify(v ?? '')}`)
  if (typeof rv !== 'number' || rv === 0) throw invalidToken(`incorrect encoded start resourceVersion (version ${version})`)
  if (typeof start !== 'string' || start === '') throw invalidToken(`encoded start key empty (version ${version})`)
  const path = start.startsWith('/') ? start : `/${start}`
  if (path.includes('/../') || path.endsWith('/..')) throw invalidToken(JSON.stringify(start))
  return { revision: rv, afterKey: `${prefix.slice(0, -1)}${path.endsWith('\0') ? path.slice(0, -1) : path}` }
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  const bytes = Buffer.from(text, 'base64url')
  const bad = /[^A-Za-z0-9_-]/.exec(text)
  // A lone last character holds no whole byte.
  const badAt = bad?.index ?? (text.length % 4 === 1 ? text.length - 1 : undefined)
  if (badAt !== undefined) throw invalidToken(`illegal base64 data at input byte ${badAt}`)
  const [first = 0] = bytes
  // As upstream, which reads bytes: half a character is shown as if it were one.
  if (first >= 0x80)
    throw invalidToken(
      `invalid character '${first < 0xa0 ? `\\u00${first.toString(16)}` : String.fromCharCode(first)}' looking for beginning of value`,
    )
  try {
    const { value } = parseJson(bytes.toString('utf8'))
    if (isJsonObject(value)) return value
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    throw invalidToken(error.message, error)
  }
  throw invalidToken('it is no token of this server')
}

function invalidToken(why: string, cause?: unknown) {
  return badRequest(`invalid continue token: continue key is not valid: ${why}`, cause)
}
