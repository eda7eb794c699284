/** What the steps of one write pass on: who asks, for what, with which options. */
import type { Kind, RequestFacts } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import type { Admission, Operation } from '../admission/plugin.ts'
import type { Exchange } from '../exchange.ts'
import type { Registry } from './registry.ts'
import { namespaceOf } from './system-metadata.ts'

export function factsOf(registry: Registry, exchange: Exchange, subresource: string): RequestFacts {
  return {
    nowMs: registry.clock.nowMs(),
    user: exchange.user,
    subresource,
    namespaceLabels: () => namespaceLabelsOf(registry, exchange.info.namespace),
  }
}

function namespaceLabelsOf(registry: Registry, namespace: string): Readonly<Record<string, string>> {
  const kind = registry.kinds.find('', 'v1', 'namespaces')
  return (kind === undefined ? undefined : registry.get(kind, undefined, namespace)?.metadata.labels) ?? {}
}

export type AdmissionQuestion = {
  readonly operation: Operation
  readonly subresource: string
  readonly object: KubeObject
  readonly old: KubeObject | undefined
  readonly isDryRun: boolean
  readonly options: unknown
}

export function admissionOf(exchange: Exchange, kind: Kind, question: AdmissionQuestion): Admission {
  const { object, old } = question
  return {
    ...question,
    kind,
    namespace: namespaceOf(kind, exchange.info),
    name: exchange.info.name || (object ?? old)?.metadata.name || '',
    user: exchange.user,
    warn: (text) => exchange.warnings.push(text),
  }
}
