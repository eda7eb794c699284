/** `kubectl expose`: a service for the pods of an object. */
import { boolFlag, stringFlag } from '#component/flags'
import { parseSelector } from '#meta/labels'
import { type Call, defineCommand } from '../command.ts'
import { createNewObject } from '../create/creation.ts'
import { labelSelectorOf } from '../create/label-selector.ts'
import { overrideFlags, withOverrides } from '../create/overrides.ts'
import { CommandError } from '../errors.ts'
import { selectorOfObject, servicePorts } from '../expose/service-of.ts'
import { formatFlags } from '../print/formats.ts'
import { dryRunFlag, dryRunOf, reporter } from '../print/outcome.ts'
import { eachLiveTarget, type LiveTarget, selectionOf } from '../resources/each-target.ts'
import { validationFlag } from '../resources/field-validation.ts'
import { madeResources } from '../resources/made-resources.ts'
import { fileFlags } from '../resources/manifests.ts'
import { qualifiedPlural } from '../resources/resource-catalog.ts'
import { type AnyObject, type Fields, fieldsOf } from '../resources/unstructured.ts'

const exposeFlags = {
  ...formatFlags,
  ...fileFlags,
  ...overrideFlags,
  'cluster-ip': stringFlag('', "The service's own address, or None; one is chosen unless given."),
  'dry-run': dryRunFlag,
  'external-ip': stringFlag('', 'A further address of the service.'),
  'field-manager': stringFlag('kubectl-expose', 'Whose fields these are, for managedFields.'),
  labels: stringFlag('', 'Labels of the service, as KEY=VALUE, joined by commas.', { shorthand: 'l' }),
  'load-balancer-ip': stringFlag('', 'The address that the load balancer is asked for.'),
  name: stringFlag('', "Name of the service; the object's own unless given."),
  port: stringFlag('', 'The port of the service; that of the containers unless given.'),
  protocol: stringFlag('', 'The protocol: TCP unless given.'),
  'save-config': boolFlag(false, 'Remember the object for a later apply.'),
  selector: stringFlag('', "Labels of the pods; the object's own selector unless given."),
  'session-affinity': stringFlag('', "None, or ClientIP: a client's calls go to one pod."),
  'target-port': stringFlag('', 'The port of the pods, by number or name; that of the service unless given.'),
  type: stringFlag('', 'Type of the service: ClusterIP, NodePort, LoadBalancer or ExternalName.'),
  validate: validationFlag,
}

type ExposeCall = Call<typeof exposeFlags>

const exposedKinds = ['Service', 'ReplicationController', 'Deployment', 'ReplicaSet', 'Pod']

export const expose = defineCommand({
  name: 'expose',
  summary: 'Expose a resource as a new Kubernetes service',
  description: 'Looks up a deployment, service, replica set, replication controller or pod, and makes a service for its pods.',
  examples: [
    ['A service for a deployment', 'kubectl expose deployment web --port=80 --target-port=8000'],
    ['A service for one pod', 'kubectl expose pod web --port=444 --name=frontend'],
  ],
  usage:
    '(-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type]',
  flags: exposeFlags,
  async run(call) {
    const { flags, args } = call
    const dryRun = dryRunOf(flags['dry-run'])
    const report = await reporter(call, flags, dryRun)
    await eachLiveTarget(call, selectionOf({ ...flags, selector: '' }, args), async (target) => {
      const service = await withOverrides(madeResources.service, serviceFor(call, target), flags)
      const object = await createNewObject(call, madeResources.service, service, dryRun)
      report({ resource: madeResources.service, object, operation: 'exposed', keepsOrder: true })
    })
  },
})

function serviceFor(call: ExposeCall, { object, resource }: LiveTarget): AnyObject {
  const { flags } = call
  if (!exposedKinds.includes(object.kind))
    throw new CommandError(`cannot expose a ${qualifiedPlural({ ...resource, plural: object.kind })}`)
  const selector =
    flags.selector === '' ? selectorOfObject(object) : fieldsOf(labelSelectorOf(parseSelector(flags.selector))['matchLabels'])
  const ports = servicePorts(object, { port: flags.port, protocol: flags.protocol, targetPort: flags['target-port'] })
  const labels =
    flags.labels === '' ? (object.metadata.labels ?? {}) : fieldsOf(labelSelectorOf(parseSelector(flags.labels))['matchLabels'])
  const name = (flags.name || (object.metadata.name ?? '')).slice(0, 63)
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name, ...(Object.keys(labels).length === 0 ? {} : { labels: labels as Readonly<Record<string, string>> }) },
    spec: serviceSpec(flags, ports, selector),
    status: { loadBalancer: {} },
  }
}

function serviceSpec(flags: ExposeCall['flags'], ports: readonly Fields[], selector: Fields): Fields {
  return {
    ports,
    selector,
    ...(flags['cluster-ip'] === '' ? {} : { clusterIP: flags['cluster-ip'] }),
    ...(flags.type !== '' ? { type: flags.type } : {}),
    ...(flags['external-ip'] === '' ? {} : { externalIPs: [flags['external-ip']] }),
    ...(flags['session-affinity'] === '' ? {} : { sessionAffinity: flags['session-affinity'] }),
    ...(flags.type === 'LoadBalancer' && flags['load-balancer-ip'] !== '' ? { loadBalancerIP: flags['load-balancer-ip'] } : {}),
  }
}
