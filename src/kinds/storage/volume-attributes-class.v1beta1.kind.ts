/** Sorts of volumes by what may be changed later, as the beta version shows them. */
import type { Kind } from '#meta/kind'
import { servedAs } from '../served-as.ts'
import * as schemas from './schema.v1beta1.gen.ts'
import type * as types from './types.v1beta1.gen.ts'
import { VolumeAttributesClass } from './volume-attributes-class.kind.ts'

export type VolumeAttributesClassV1beta1 = types.VolumeAttributesClass
export const VolumeAttributesClassV1beta1: Kind<VolumeAttributesClassV1beta1> = servedAs(VolumeAttributesClass, {
  apiVersion: 'storage.k8s.io/v1beta1',
  schema: schemas.VolumeAttributesClass,
  deprecation: { since: '1.34', goneIn: '1.37', successor: 'storage.k8s.io/v1 VolumeAttributesClass' },
})
