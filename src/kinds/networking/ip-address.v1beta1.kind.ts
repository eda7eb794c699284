/** Addresses that are in use, as the beta version shows them. */
import type { Kind } from '#meta/kind'
import { servedAs } from '../served-as.ts'
import { IPAddress } from './ip-address.kind.ts'
import * as schemas from './schema.v1beta1.gen.ts'
import type * as types from './types.v1beta1.gen.ts'

export type IPAddressV1beta1 = types.IPAddress
export const IPAddressV1beta1: Kind<IPAddressV1beta1> = servedAs(IPAddress, {
  apiVersion: 'networking.k8s.io/v1beta1',
  schema: schemas.IPAddress,
  deprecation: { since: '1.34', goneIn: '1.37' },
})
