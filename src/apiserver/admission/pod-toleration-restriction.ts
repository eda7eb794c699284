/** The pods of a namespace tolerate what it says, and no more than its list allows. */
import { Namespace } from '#kinds/core/namespace.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { qosClassOf } from '#kinds/core/pod/qos-class'
import type { Toleration } from '#kinds/core/types.gen'
import { StatusError } from '#meta/status'
import { ConfigReader } from '../config-reader.ts'
import type { StateReader } from '../exchange.ts'
import { type AdmissionPlugin, definePlugin } from './plugin.ts'

const defaultsAnnotation = 'scheduler.alpha.kubernetes.io/defaultTolerations'
const allowedAnnotation = 'scheduler.alpha.kubernetes.io/tolerationsWhitelist'
const memoryPressure: Toleration = { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' }

/** The configuration holds for namespaces that say nothing themselves. */
export function podTolerationRestriction(configuration: unknown): AdmissionPlugin {
  const reader = ConfigReader.of('PodTolerationRestriction', configuration)
  const [clusterDefaults, clusterAllowed] = [reader.list('default').map(tolerationOf), reader.list('whitelist').map(tolerationOf)]

  function refuseOthers({ spec }: Pod, namespace: string, state: StateReader): void {
    const tolerations = spec.tolerations ?? []
    if (tolerations.length === 0) return
    const own = tolerationsIn(state, namespace, allowedAnnotation)
    const allowed = own ?? clusterAllowed
    if (allowed.length === 0 || tolerations.every((one) => allowed.some((other) => covers(other, one)))) return
    const scope = own === undefined ? 'cluster' : 'namespace'
    const why = `pod tolerations (possibly merged with namespace default tolerations) conflict with its ${scope} whitelist`
    throw new StatusError(500, '', why)
  }

  return definePlugin<Pod>({
    name: 'PodTolerationRestriction',
    kinds: [Pod],
    operations: ['CREATE', 'UPDATE'],
    mutate({ object: pod, namespace, operation }, { state }) {
      const added = [
        ...(operation === 'CREATE' ? (tolerationsIn(state, namespace, defaultsAnnotation) ?? clusterDefaults) : []),
        ...(qosClassOf(pod) === 'BestEffort' ? [] : [memoryPressure]),
      ]
      const merged =
        added.length === 0
          ? pod
          : { ...pod, spec: { ...pod.spec, tolerations: mergeTolerations([...(pod.spec.tolerations ?? []), ...added]) } }
      refuseOthers(merged, namespace, state)
      return merged
    },
    validate: ({ object, namespace }, { state }) => refuseOthers(object, namespace, state),
  })
}

function tolerationOf(reader: ConfigReader): Toleration {
  return {
    key: reader.text('key', ''),
    operator: reader.text('operator', ''),
    value: reader.text('value', ''),
    effect: reader.text('effect', ''),
    ...(reader.has('tolerationSeconds') ? { tolerationSeconds: reader.number('tolerationSeconds') } : {}),
  }
}

/** Undefined where the namespace says nothing. As upstream, what cannot be read is the server's failure. */
function tolerationsIn(state: StateReader, namespace: string, annotation: string): readonly Toleration[] | undefined {
  const text = state.get(Namespace, undefined, namespace)?.metadata.annotations?.[annotation]
  if (text === undefined) return undefined
  if (text === '') return []
  try {
    const list: unknown = JSON.parse(text)
    if (!Array.isArray(list)) throw new Error('json: cannot unmarshal a value that is no list of tolerations')
    return list.map((entry, index) => tolerationOf(ConfigReader.of(`${annotation}[${index}]`, entry)))
  } catch (error) {
    throw new StatusError(500, '', error instanceof Error ? error.message : String(error), undefined, error)
  }
}

/** Without those that another one makes superfluous; of equals the first stays. */
function mergeTolerations(all: readonly Toleration[]): readonly Toleration[] {
  const merged: Toleration[] = []
  for (const [index, one] of all.entries()) {
    const isCovered =
      merged.some((other) => covers(other, one)) || all.slice(index + 1).some((other) => !isSame(other, one) && covers(other, one))
    if (!isCovered) merged.push(one)
  }
  return merged.map(withoutEmpty)
}

/** Whether `wide` tolerates everything that `narrow` does. */
function covers(wide: Toleration, narrow: Toleration): boolean {
  if (isSame(wide, narrow)) return true
  const isForAllKeys = !wide.key && wide.operator === 'Exists'
  if ((narrow.key ?? '') !== (wide.key ?? '') && !isForAllKeys) return false
  if ((narrow.effect ?? '') !== (wide.effect ?? '') && wide.effect) return false
  const limit = wide.effect === 'NoExecute' ? wide.tolerationSeconds : undefined
  if (limit !== undefined && (narrow.tolerationSeconds === undefined || narrow.tolerationSeconds > limit)) return false
  if (wide.operator === 'Exists') return true
  return (wide.operator || 'Equal') === 'Equal' && narrow.operator === 'Equal' && (narrow.value ?? '') === (wide.value ?? '')
}

const textFields = ['key', 'operator', 'value', 'effect'] as const

function isSame(one: Toleration, other: Toleration): boolean {
  return textFields.every((field) => (one[field] ?? '') === (other[field] ?? '')) && one.tolerationSeconds === other.tolerationSeconds
}

function withoutEmpty(toleration: Toleration): Toleration {
  return Object.fromEntries(Object.entries(toleration).filter(([, value]) => value !== ''))
}
