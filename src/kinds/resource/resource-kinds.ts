/** The kinds of the group resource.k8s.io, in the order of their names. */
import type { Kind } from '#meta/kind'
import { DeviceClass } from './device-class.kind.ts'
import { ResourceClaim } from './resource-claim.kind.ts'
import { ResourceClaimTemplate } from './resource-claim-template.kind.ts'
import { ResourceSlice } from './resource-slice.kind.ts'

export const resourceKinds: readonly Kind[] = [DeviceClass, ResourceClaim, ResourceClaimTemplate, ResourceSlice]
