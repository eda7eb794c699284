/** What is told about kinds that are on their way out: a warning to each client, and a metric to whoever runs the cluster. */
import { Gauge, type Registry } from 'prom-client'
import type { Kind } from '#meta/kind'
import type { Exchange } from '../exchange.ts'

/** Notes that a kind was asked for. */
export type NoteDeprecation = (kind: Kind, exchange: Exchange) => void

export function deprecationNotes(registry: Registry): NoteDeprecation {
  const requested = new Gauge({
    name: 'apiserver_requested_deprecated_apis',
    help: 'Deprecated APIs that have been requested, by group, version, resource, subresource and the release that lacks them.',
    registers: [registry],
    labelNames: ['group', 'version', 'resource', 'subresource', 'removed_release'],
  })
  return (kind, { info, warnings }) => {
    const warning = deprecationWarning(kind)
    if (warning === undefined) return
    warnings.push(warning)
    const { group, version, plural: resource } = kind
    requested.set({ group, version, resource, subresource: info.subresource, removed_release: kind.deprecation?.goneIn ?? '' }, 1)
  }
}

/** Undefined for what is there to stay. */
export function deprecationWarning({ apiVersion, kind, deprecation }: Kind): string | undefined {
  if (deprecation === undefined) return undefined
  const { since, goneIn, successor } = deprecation
  const end = goneIn === undefined ? '' : `, unavailable in v${goneIn}+`
  return `${apiVersion} ${kind} is deprecated in v${since}+${end}${successor === undefined ? '' : `; use ${successor}`}`
}
