/** Kinds in versions that are served only when told so, as upstream's beta and alpha versions; some need a feature gate besides. */
import type { Kind } from '#meta/kind'
import { MutatingAdmissionPolicyV1alpha1, MutatingAdmissionPolicyV1beta1 } from './admissionregistration/mutating-admission-policy.kind.ts'
import {
  MutatingAdmissionPolicyBindingV1alpha1,
  MutatingAdmissionPolicyBindingV1beta1,
} from './admissionregistration/mutating-admission-policy-binding.kind.ts'
import { ClusterTrustBundle, ClusterTrustBundleV1alpha1 } from './certificates/cluster-trust-bundle.kind.ts'
import { PodCertificateRequest } from './certificates/pod-certificate-request.kind.ts'
import { LeaseCandidate, LeaseCandidateV1alpha2 } from './coordination/lease-candidate.kind.ts'
import { StorageVersion } from './internalapiserver/storage-version.kind.ts'
import { IPAddressV1beta1 } from './networking/ip-address.v1beta1.kind.ts'
import { ServiceCIDRV1beta1 } from './networking/service-cidr.v1beta1.kind.ts'
import { DeviceTaintRule } from './resource/device-taint-rule.kind.ts'
import { resourceKindsV1beta1 } from './resource/resource-kinds.v1beta1.ts'
import { resourceKindsV1beta2 } from './resource/resource-kinds.v1beta2.ts'
import { ResourcePoolStatusRequest } from './resource/resource-pool-status-request.kind.ts'
import { PodGroup } from './scheduling/pod-group.kind.ts'
import { Workload } from './scheduling/workload.kind.ts'
import { VolumeAttributesClassV1beta1 } from './storage/volume-attributes-class.v1beta1.kind.ts'
import { StorageVersionMigration } from './storagemigration/storage-version-migration.kind.ts'

export type OptionalKind = { readonly kind: Kind; readonly gate?: string }

export const optionalKinds: readonly OptionalKind[] = [
  { kind: MutatingAdmissionPolicyV1alpha1 },
  { kind: MutatingAdmissionPolicyV1beta1 },
  { kind: MutatingAdmissionPolicyBindingV1alpha1 },
  { kind: MutatingAdmissionPolicyBindingV1beta1 },
  { kind: ClusterTrustBundle, gate: 'ClusterTrustBundle' },
  { kind: ClusterTrustBundleV1alpha1, gate: 'ClusterTrustBundle' },
  { kind: PodCertificateRequest, gate: 'PodCertificateRequest' },
  { kind: LeaseCandidate },
  { kind: LeaseCandidateV1alpha2 },
  { kind: StorageVersion },
  { kind: IPAddressV1beta1 },
  { kind: ServiceCIDRV1beta1 },
  { kind: DeviceTaintRule },
  { kind: ResourcePoolStatusRequest },
  ...resourceKindsV1beta1.map((kind) => ({ kind })),
  ...resourceKindsV1beta2.map((kind) => ({ kind })),
  { kind: PodGroup, gate: 'GenericWorkload' },
  { kind: Workload, gate: 'GenericWorkload' },
  { kind: VolumeAttributesClassV1beta1 },
  { kind: StorageVersionMigration, gate: 'StorageVersionMigrator' },
]
