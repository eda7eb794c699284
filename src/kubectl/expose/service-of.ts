/** The service that leads to the pods of an object. Pure. */

import { CommandError } from '../errors.ts'
import { type AnyObject, type Fields, fieldsOf, listOf, textOf, valueAt } from '../resources/unstructured.ts'
import { containersOf, podSpecOf } from '../set/pod-spec.ts'

/** `couldn't find selectors` and the like are CommandErrors. */
export function selectorOfObject(object: AnyObject): Readonly<Record<string, string>> {
  const labels = plainSelector(object)
  if (Object.keys(labels).length === 0) throw new CommandError(missingSelector(object))
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, textOf(value)]))
}

function plainSelector(object: AnyObject): Fields {
  switch (object.kind) {
    case 'Pod':
      return object.metadata.labels ?? {}
    case 'Service':
    case 'ReplicationController':
      return fieldsOf(valueAt(object, 'spec', 'selector'))
    case 'Deployment':
    case 'ReplicaSet': {
      const expressions = listOf(valueAt(object, 'spec', 'selector', 'matchExpressions'))
      if (expressions.length > 0)
        throw new CommandError(`couldn't convert expressions - "${JSON.stringify(expressions)}" to map-based selector format`)
      return fieldsOf(valueAt(object, 'spec', 'selector', 'matchLabels'))
    }
    default:
      return {}
  }
}

function missingSelector({ kind }: AnyObject): string {
  if (kind === 'Pod') return "couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed"
  if (kind === 'Service') return "couldn't retrieve selectors via --selector flag or introspection: the service has no pod selector set"
  return "couldn't retrieve selectors via --selector flag or introspection: invalid deployment: no selectors, therefore cannot be exposed"
}

type ExposedPort = { readonly port: string; readonly protocol: string }

/** Each port once, in the order of the containers. */
function portsOfObject(object: AnyObject): readonly ExposedPort[] {
  const found =
    object.kind === 'Service'
      ? listOf(valueAt(object, 'spec', 'ports')).map((port) => ({ ...fieldsOf(port), containerPort: fieldsOf(port)['port'] }))
      : containersOf({ containers: podSpecOf(object)?.['containers'] }, '*').flatMap((container) =>
          listOf(container['ports']).map(fieldsOf),
        )
  const ports = found.map((port: Fields) => ({ port: textOf(port['containerPort']), protocol: textOf(port['protocol']) || 'TCP' }))
  return ports.filter(
    ({ port, protocol }, index) => ports.findIndex((other) => other.port === port && other.protocol === protocol) === index,
  )
}

export type PortOptions = { readonly port: string; readonly protocol: string; readonly targetPort: string }

/** Several ports are told apart by names. */
export function servicePorts(object: AnyObject, { port, protocol, targetPort }: PortOptions): readonly Fields[] {
  const known = portsOfObject(object)
  const wanted = port === '' ? known : port.split(',').map((text) => ({ port: text.trim(), protocol: '' }))
  if (wanted.length === 0) throw new CommandError("couldn't find port via --port flag or introspection")
  return wanted.map((one, index) => ({
    ...(wanted.length > 1 ? { name: `port-${index + 1}` } : {}),
    protocol: protocol || one.protocol || (known.find((other) => other.port === one.port)?.protocol ?? 'TCP'),
    port: portNumber(one.port),
    targetPort: targetPort === '' ? portNumber(one.port) : /^[0-9]+$/.test(targetPort) ? Number(targetPort) : targetPort,
  }))
}

function portNumber(text: string): number {
  if (!/^[-+]?[0-9]+$/.test(text)) throw new CommandError(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}
