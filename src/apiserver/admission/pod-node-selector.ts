/** The pods of a namespace go where its node selector says, and may ask only for labels that its list allows. */
import { Namespace } from '#kinds/core/namespace.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { isLabelValue, isQualifiedName } from '#meta/names'
import { StatusError } from '#meta/status'
import { ConfigReader } from '../config-reader.ts'
import type { StateReader } from '../exchange.ts'
import { type Admission, type AdmissionPlugin, definePlugin, refusal } from './plugin.ts'

const annotation = 'scheduler.alpha.kubernetes.io/node-selector'
const defaultEntry = 'clusterDefaultNodeSelector'
type Labels = Readonly<Record<string, string>>

/** The configuration has a selector for each namespace, and one for those that say none. */
export function podNodeSelector(configuration: unknown): AdmissionPlugin {
  const reader = ConfigReader.of('PodNodeSelector', configuration).object('podNodeSelectorPluginConfig')
  const selectors = new Map(reader.names().map((name) => [name, reader.text(name)]))
  return definePlugin<Pod>({
    name: 'PodNodeSelector',
    kinds: [Pod],
    operations: ['CREATE'],
    mutate(admission, { state }) {
      const { object: pod, namespace } = admission
      const wanted = namespaceSelector(state, namespace, selectors)
      const given = pod.spec.nodeSelector ?? {}
      if (conflict(wanted, given)) throw refusal(admission, 'pod node label selector conflicts with its namespace node label selector')
      const nodeSelector = { ...wanted, ...given }
      return Object.keys(nodeSelector).length === 0 ? pod : { ...pod, spec: { ...pod.spec, nodeSelector } }
    },
    validate(admission, { state }) {
      const { object: pod, namespace } = admission
      const given = pod.spec.nodeSelector ?? {}
      if (conflict(namespaceSelector(state, namespace, selectors), given))
        throw refusal(admission, 'pod node label selector conflicts with its namespace node label selector')
      refuseUnlisted(admission, given, labelsOf(selectors.get(namespace) ?? ''))
    },
  })
}

function namespaceSelector(state: StateReader, namespace: string, selectors: ReadonlyMap<string, string>): Labels {
  const own = state.get(Namespace, undefined, namespace)?.metadata.annotations?.[annotation]
  return labelsOf(own ?? selectors.get(defaultEntry) ?? '')
}

function conflict(one: Labels, other: Labels): boolean {
  return Object.entries(one).some(([key, value]) => other[key] !== undefined && other[key] !== value)
}

function refuseUnlisted(admission: Admission<Pod>, given: Labels, listed: Labels): void {
  if (Object.keys(listed).length === 0 || Object.entries(given).every(([key, value]) => listed[key] === value)) return
  throw refusal(admission, 'pod node label selector labels conflict with its namespace whitelist')
}

/** `a=1,b=2` as labels. As upstream, what is no such list is the server's failure. */
function labelsOf(selector: string): Labels {
  if (selector === '') return {}
  const pairs = selector.split(',').map((term) =>
    term
      .trim()
      .split('=')
      .map((part) => part.trim()),
  )
  const isBad = pairs.some(
    ([key = '', value, ...more]) => value === undefined || more.length > 0 || isQualifiedName(key).length + isLabelValue(value).length > 0,
  )
  if (isBad) throw new StatusError(500, '', `invalid selector: [${selector}]`)
  return Object.fromEntries(pairs.map(([key = '', value = '']) => [key, value]))
}
