/** Who serves a version of an API group: this server, or a service that it passes requests on to. */
import { type FieldErrors, FieldPath, invalid, notSupported, required } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { betweenMessage, isDns1035Label, isDns1123Subdomain, isPathSegmentName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { ageColumn, nameColumn } from '#meta/table'
import { base64ToBytes } from '../base64-text.ts'
import { keepSpecAndMeta, keepStatus } from '../status-rules.ts'
import { statusSubresource } from '../subresources.ts'
import { availableCondition, availableConditionType, localAvailability } from './availability.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type APIService = types.APIService
export const APIService: Kind<APIService> = defineKind({
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  plural: 'apiservices',
  categories: ['api-extensions'],
  scope: 'Cluster',
  checksMetaAnew: true,
  storePrefix: '/registry/apiregistration.k8s.io/apiservices/',
  takesBareFinalizers: true,
  updatesUnconditionally: false,
  schema: schemas.APIService,
  columns: [
    nameColumn,
    {
      name: 'Service',
      type: 'string',
      description: 'The reference to the service that hosts this API endpoint.',
      cell: ({ spec: { service } }) => (service === undefined ? 'Local' : `${service.namespace}/${service.name}`),
    },
    { name: 'Available', type: 'string', description: 'Whether this service is available.', cell: (object) => availableText(object) },
    ageColumn,
  ],
  defaults: withPort,
  prepareCreate: (object, { nowMs }) => ({
    ...object,
    status: object.spec.service === undefined ? { conditions: [availableCondition(localAvailability, undefined, nowMs)] } : {},
  }),
  validateName: isPathSegmentName,
  validate: validateApiService,
  update: { prepare: keepStatus },
  status: { prepare: keepSpecAndMeta, validate: validateStatus, resets: ['metadata', 'spec'] },
  subresources: [statusSubresource('APIService')],
})

function withPort(object: APIService): APIService {
  const { service } = object.spec
  return service === undefined ? object : { ...object, spec: { ...object.spec, service: { ...service, port: service.port ?? 443 } } }
}

function availableText({ status }: APIService): string {
  const found = status.conditions?.find(({ type }) => type === availableConditionType)
  if (found === undefined) return 'Unknown'
  return found.status === 'True' ? found.status : `${found.status} (${found.reason})`
}

const at = FieldPath.of('spec')

function* validateApiService({ metadata, spec }: APIService): FieldErrors {
  const { group = '', version = '', groupPriorityMinimum = 0, versionPriority = 0 } = spec
  for (const field of ['generateName', 'name'] as const) yield* validateName(metadata[field] ?? '', `${version}.${group}`, field)
  if (group === '' && version !== 'v1') yield required(at.field('group'), 'only v1 may have an empty group and it better be legacy kube')
  if (group !== '') yield* invalidEach(at.field('group'), group, isDns1123Subdomain(group))
  yield* invalidEach(at.field('version'), version, isDns1035Label(version))
  yield* validatePriority(groupPriorityMinimum, 20_000, at.field('groupPriorityMinimum'))
  yield* validatePriority(versionPriority, 1000, at.field('versionPriority'))
  yield* validateTransport(spec)
}

/** The name is `version.group`: there is one for each version. */
function* validateName(name: string, wanted: string, field: 'name' | 'generateName'): FieldErrors {
  if (name === '' || name === wanted || isPathSegmentName(name).length > 0) return
  yield invalid(FieldPath.of('metadata', field), name, `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(wanted)}`)
}

function* validatePriority(value: number, most: number, at: FieldPath): FieldErrors {
  if (value <= 0 || value > most) yield invalid(at, value, `must be positive and less than ${most}`)
}

function* validateTransport({ service, caBundle, insecureSkipTLSVerify = false }: APIService['spec']): FieldErrors {
  const bundleBytes = caBundle === undefined ? 0 : base64ToBytes(caBundle).length
  if (service === undefined) {
    if (bundleBytes > 0) yield invalid(at.field('caBundle'), `${bundleBytes} bytes`, 'local APIServices may not have a caBundle')
    if (insecureSkipTLSVerify)
      yield invalid(at.field('insecureSkipTLSVerify'), true, 'local APIServices may not have insecureSkipTLSVerify')
    return
  }
  const { namespace = '', name = '', port = 0 } = service
  if (namespace === '') yield required(at.field('service').field('namespace'))
  if (name === '') yield required(at.field('service').field('name'))
  if (port < 1 || port > 65535) yield invalid(at.field('service').field('port'), port, `port is not valid: ${betweenMessage(1, 65535)}`)
  if (insecureSkipTLSVerify && bundleBytes > 0)
    yield invalid(at.field('insecureSkipTLSVerify'), true, 'may not be true if caBundle is present')
}

function* validateStatus({ status }: APIService): FieldErrors {
  const conditions = FieldPath.of('status', 'conditions')
  for (const [index, condition] of (status.conditions ?? []).entries())
    if (!['True', 'False', 'Unknown'].includes(condition.status))
      yield notSupported(conditions.index(index).field('status'), condition.status ?? '', ['True', 'False', 'Unknown'])
}
