/** The `continue` of a page: which revision the list shows, and behind which key it goes on. Readable by upstream and back. */
import { badRequest } from '#meta/status'

/** `revision` -1: go on at the newest state, consistency given up. `start` is relative to the resource's prefix. */
export type ContinueToken = { readonly revision: number; readonly start: string }

const version = 'meta.k8s.io/v1'

/** `afterKey` is relative to the resource's prefix: `namespace/name`, or the name. */
export function encodeContinue(revision: number, afterKey: string): string {
  return toBase64Url(JSON.stringify({ v: version, rv: revision, start: `${afterKey}\0` }))
}

/** Gives the key to go on behind. Throws 400. */
export function decodeContinue(text: string): { readonly revision: number; readonly afterKey: string } {
  const { v, rv, start } = parsed(text)
  if (v !== version) throw invalidToken(`continue key is not valid: server does not recognize this encoded version ${JSON.stringify(v)}`)
  if (typeof rv !== 'number' || rv === 0)
    throw invalidToken(`continue key is not valid: incorrect encoded start resourceVersion (version ${version})`)
  if (typeof start !== 'string' || start === '')
    throw invalidToken('continue key is not valid: encoded start key empty (version meta.k8s.io/v1)')
  if (`/${start}`.includes('/../')) throw invalidToken('continue key is not valid: ' + JSON.stringify(start))
  const relative = start.startsWith('/') ? start.slice(1) : start
  return { revision: rv, afterKey: relative.endsWith('\0') ? relative.slice(0, -1) : relative }
}

function parsed(text: string): { readonly v?: unknown; readonly rv?: unknown; readonly start?: unknown } {
  try {
    const value: unknown = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.fromBase64(text, { alphabet: 'base64url' })),
    )
    if (typeof value === 'object' && value !== null) return value
  } catch (error) {
    throw invalidToken('continue key is not valid: it is no token of this server', error)
  }
  throw invalidToken('continue key is not valid: it is no token of this server')
}

function invalidToken(why: string, cause?: unknown) {
  return badRequest(`invalid continue token: ${why}`, cause)
}

function toBase64Url(text: string): string {
  return new TextEncoder().encode(text).toBase64({ alphabet: 'base64url', omitPadding: true })
}
