/** Every kind that a cluster has from the start. */
import type { Kind } from '#meta/kind'
import { admissionregistrationKinds } from './admissionregistration/admissionregistration-kinds.ts'
import { APIService } from './apiregistration/api-service.kind.ts'
import { appsKinds } from './apps/apps-kinds.ts'
import { authenticationKinds } from './authentication/authentication-kinds.ts'
import { authorizationKinds } from './authorization/authorization-kinds.ts'
import { HorizontalPodAutoscaler } from './autoscaling/horizontal-pod-autoscaler.kind.ts'
import { HorizontalPodAutoscalerV1 } from './autoscaling/horizontal-pod-autoscaler.v1.kind.ts'
import { batchKinds } from './batch/batch-kinds.ts'
import { CertificateSigningRequest } from './certificates/certificate-signing-request.kind.ts'
import { Lease } from './coordination/lease.kind.ts'
import { coreKinds } from './core/core-kinds.ts'
import { EndpointSlice } from './discovery/endpoint-slice.kind.ts'
import { Event } from './events/event.kind.ts'
import { flowcontrolKinds } from './flowcontrol/flowcontrol-kinds.ts'
import { networkingKinds } from './networking/networking-kinds.ts'
import { RuntimeClass } from './node/runtime-class.kind.ts'
import { PodDisruptionBudget } from './policy/pod-disruption-budget.kind.ts'
import { rbacKinds } from './rbac/rbac-kinds.ts'
import { resourceKinds } from './resource/resource-kinds.ts'
import { PriorityClass } from './scheduling/priority-class.kind.ts'
import { storageKinds } from './storage/storage-kinds.ts'

export const builtinKinds: readonly Kind[] = [
  ...coreKinds,
  APIService,
  ...appsKinds,
  ...authenticationKinds,
  ...authorizationKinds,
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerV1,
  ...batchKinds,
  CertificateSigningRequest,
  Lease,
  EndpointSlice,
  Event,
  ...rbacKinds,
  ...storageKinds,
  ...networkingKinds,
  ...flowcontrolKinds,
  ...admissionregistrationKinds,
  PodDisruptionBudget,
  RuntimeClass,
  PriorityClass,
  ...resourceKinds,
]
