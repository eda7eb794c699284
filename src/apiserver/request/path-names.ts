/** Names in a path become parts of the store's keys: what would lead out of the kind's own keys is refused before anything is looked up. */
import { goQuote } from '#base/encoding/go-quote'
import type { Kind } from '#meta/kind'
import { badRequest, StatusError } from '#meta/status'
import type { RequestInfo } from '../exchange.ts'

/** Throws as upstream: for a name 400, for a namespace what its store says of such a key. */
export function refuseUnsafeNames({ namespace, name }: RequestInfo, kind: Kind): void {
  const faults = [...segmentFaults(name)]
  if (faults.length > 0) throw badRequest(`Name parameter invalid: ${goQuote(name)}: ${faults.join(';')}`)
  if (kind.scope === 'Namespaced' && isDots(namespace)) {
    const prefix = kind.storePrefix.replace(/^\/registry/, '')
    throw new StatusError(500, '', `invalid key: ${goQuote(`${prefix}${namespace}${name === '' ? '' : `/${name}`}`)}`)
  }
}

function* segmentFaults(name: string): Generator<string> {
  if (isDots(name)) yield `may not be '${name}'`
  for (const character of ['/', '%']) if (name.includes(character)) yield `may not contain '${character}'`
}

function isDots(part: string): boolean {
  return part === '.' || part === '..'
}
