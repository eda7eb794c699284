/** The kinds of dynamic resource allocation as the second beta version shows them: as the stable one does. */
import type { Kind } from '#meta/kind'
import { servedAs } from '../served-as.ts'
import { DeviceClass } from './device-class.kind.ts'
import { DeviceTaintRule } from './device-taint-rule.kind.ts'
import { ResourceClaim } from './resource-claim.kind.ts'
import { ResourceClaimTemplate } from './resource-claim-template.kind.ts'
import { ResourceSlice } from './resource-slice.kind.ts'
import * as schemas from './schema.v1beta2.gen.ts'
import type * as types from './types.v1beta2.gen.ts'

const apiVersion = 'resource.k8s.io/v1beta2'
const deprecation = { since: '1.36', goneIn: '1.39' }

const deviceClass: Kind<types.DeviceClass> = servedAs(DeviceClass, { apiVersion, schema: schemas.DeviceClass, deprecation })
const deviceTaintRule: Kind<types.DeviceTaintRule> = servedAs(DeviceTaintRule, { apiVersion, schema: schemas.DeviceTaintRule })
const claim: Kind<types.ResourceClaim> = servedAs(ResourceClaim, { apiVersion, schema: schemas.ResourceClaim, deprecation })
const template: Kind<types.ResourceClaimTemplate> = servedAs(ResourceClaimTemplate, {
  apiVersion,
  schema: schemas.ResourceClaimTemplate,
  deprecation,
})
const slice: Kind<types.ResourceSlice> = servedAs(ResourceSlice, { apiVersion, schema: schemas.ResourceSlice, deprecation })

export const resourceKindsV1beta2: readonly Kind[] = [deviceClass, deviceTaintRule, claim, template, slice]
