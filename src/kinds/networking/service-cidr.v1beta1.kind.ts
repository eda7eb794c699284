/** Ranges of addresses for services, as the beta version shows them. */
import type { Kind } from '#meta/kind'
import { servedAs } from '../served-as.ts'
import * as schemas from './schema.v1beta1.gen.ts'
import { ServiceCIDR } from './service-cidr.kind.ts'
import type * as types from './types.v1beta1.gen.ts'

export type ServiceCIDRV1beta1 = types.ServiceCIDR
export const ServiceCIDRV1beta1: Kind<ServiceCIDRV1beta1> = servedAs(ServiceCIDR, {
  apiVersion: 'networking.k8s.io/v1beta1',
  schema: schemas.ServiceCIDR,
  deprecation: { since: '1.34', goneIn: '1.37' },
})
