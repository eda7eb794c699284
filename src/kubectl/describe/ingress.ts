/** An ingress and the backends behind its paths; ingress classes. */
import type { Service } from '#kinds/core/types.gen'
import type { Ingress, IngressBackend, IngressClass } from '#kinds/networking/types.gen'
import { endpointsText, slicesOf } from './backends.ts'
import { collection } from './collections.ts'
import { labelAndAnnotationLines } from './identity.ts'
import { annotationLines, indented, type Lines, labelLines, onlyIf } from './lines.ts'
import type { Surroundings } from './surroundings.ts'

const services = collection<Service>('services')

export async function describeIngress(ingress: Ingress, around: Surroundings): Promise<Lines> {
  const { name = '', namespace = '', labels, annotations } = ingress.metadata
  const { ingressClassName, defaultBackend, tls = [] } = ingress.spec ?? {}
  const backendText = (backend: IngressBackend) => describeBackend(backend, namespace, around)
  const defaultText = defaultBackend === undefined ? '<default>' : await backendText(defaultBackend)
  return [
    `Name:\t${name}`,
    ...labelLines('Labels', labels),
    `Namespace:\t${namespace}`,
    `Address:\t${addressesOf(ingress)}`,
    `Ingress Class:\t${ingressClassName ?? '<none>'}`,
    `Default backend:\t${defaultText}`,
    ...onlyIf(tls.length > 0, 'TLS:'),
    ...tls.map(({ secretName = '', hosts = [] }) =>
      secretName === '' ? `  SNI routes ${hosts.join(',')}` : `  ${secretName} terminates ${hosts.join(',')}`,
    ),
    'Rules:',
    '  Host\tPath\tBackends',
    '  ----\t----\t--------',
    ...(await ruleLines(ingress, backendText, defaultText)),
    ...annotationLines('Annotations', annotations),
    ...(await around.events(ingress)),
  ]
}

function addressesOf({ status }: Ingress): string {
  const addresses = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '')
  return [...new Set(addresses)].filter((address) => address !== '').join(',')
}

async function ruleLines(
  { spec }: Ingress,
  backendText: (backend: IngressBackend) => Promise<string>,
  defaultText: string,
): Promise<Lines> {
  const lines: string[] = []
  for (const { host, http } of spec?.rules ?? []) {
    if (http === undefined) continue
    lines.push(`  ${host || '*'}\t`)
    for (const { path = '', backend } of http.paths) lines.push(`    \t${path} \t${await backendText(backend)}`)
  }
  return lines.length === 0 ? [`  *\t*\t${defaultText}`] : lines
}

async function describeBackend({ service, resource }: IngressBackend, namespace: string, around: Surroundings): Promise<string> {
  if (resource !== undefined) return `APIGroup: ${resource.apiGroup ?? '<none>'}, Kind: ${resource.kind}, Name: ${resource.name}`
  if (service === undefined) return ''
  const { name, port = {} } = service
  const text = `${name}:${port.number ?? port.name ?? ''}`
  const found = await around.get(services, { namespace, name })
  if (found === undefined) return `${text} (<error: services ${JSON.stringify(name)} not found>)`
  const wanted = found.spec?.ports?.find((one) => (port.number === undefined ? one.name === port.name : one.port === port.number))
  return `${text} (${endpointsText(await slicesOf(around, { namespace, name }), wanted?.name ?? '')})`
}

export async function describeIngressClass(ingressClass: IngressClass, around: Surroundings): Promise<Lines> {
  const { metadata, spec } = ingressClass
  const { controller = '', parameters } = spec ?? {}
  return [
    `Name:\t${metadata.name ?? ''}`,
    ...labelAndAnnotationLines(ingressClass),
    `Controller:\t${controller}`,
    ...(parameters === undefined
      ? []
      : [
          'Parameters:',
          ...indented([
            ...onlyIf(typeof parameters.apiGroup === 'string', `APIGroup:\t${parameters.apiGroup}`),
            `Kind:\t${parameters.kind}`,
            `Name:\t${parameters.name}`,
          ]),
        ]),
    ...(await around.events(ingressClass)),
  ]
}
