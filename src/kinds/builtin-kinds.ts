/** Every kind that a cluster has from the start. */
import type { Kind } from '#meta/kind'
import { appsKinds } from './apps/apps-kinds.ts'
import { authenticationKinds } from './authentication/authentication-kinds.ts'
import { authorizationKinds } from './authorization/authorization-kinds.ts'
import { CertificateSigningRequest } from './certificates/certificate-signing-request.kind.ts'
import { Lease } from './coordination/lease.kind.ts'
import { coreKinds } from './core/core-kinds.ts'
import { EndpointSlice } from './discovery/endpoint-slice.kind.ts'
import { Event } from './events/event.kind.ts'
import { rbacKinds } from './rbac/rbac-kinds.ts'
import { PriorityClass } from './scheduling/priority-class.kind.ts'

export const builtinKinds: readonly Kind[] = [
  ...coreKinds,
  ...appsKinds,
  ...authenticationKinds,
  ...authorizationKinds,
  CertificateSigningRequest,
  Lease,
  EndpointSlice,
  Event,
  ...rbacKinds,
  PriorityClass,
]
