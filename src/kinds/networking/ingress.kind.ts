/** Routes HTTP from outside to services. */
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import { shortList } from '../short-list.ts'
import { keepSpec, keepStatus } from '../status-rules.ts'
import { statusSubresource } from '../subresources.ts'
import { ingressWarnings, validateIngress, validateIngressStatus, validateNewIngress } from './ingress-validation.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type Ingress = types.Ingress
export const Ingress: Kind<Ingress> = defineKind({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  plural: 'ingresses',
  shortNames: ['ing'],
  scope: 'Namespaced',
  checksMetaAnew: true,
  storePrefix: '/registry/ingress/',
  hasGeneration: true,
  schema: schemas.Ingress,
  columns: [
    nameColumn,
    {
      name: 'Class',
      type: 'string',
      description: 'The name of the IngressClass resource that should be used for additional configuration',
      cell: (object) => object.spec.ingressClassName ?? '<none>',
    },
    {
      name: 'Hosts',
      type: 'string',
      description: 'Hosts that incoming requests are matched against before the ingress rule',
      cell: (object) =>
        shortList(
          (object.spec.rules ?? []).flatMap((rule) => rule.host || []),
          '*',
        ),
    },
    {
      name: 'Address',
      type: 'string',
      description: 'Address is a list containing ingress points for the load-balancer',
      cell: (object) => (object.status.loadBalancer?.ingress ?? []).map((point) => point.ip || point.hostname || '').join(','),
    },
    {
      name: 'Ports',
      type: 'string',
      description: 'Ports of TLS configurations that open',
      cell: (object) => ((object.spec.tls ?? []).length > 0 ? '80, 443' : '80'),
    },
    ageColumn,
  ],
  prepareCreate: (object) => ({ ...object, status: { loadBalancer: {} } }),
  warnings: ingressWarnings,
  validate: validateIngress,
  validateCreate: validateNewIngress,
  update: { prepare: keepStatus },
  status: { prepare: keepSpec, validate: validateIngressStatus },
  subresources: [statusSubresource('Ingress')],
})
