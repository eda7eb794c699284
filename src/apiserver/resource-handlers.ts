/** Everything that answers for a resource or subresource instead of the registry's own verbs. */

import type { Registry } from './registry/registry.ts'
import { componentStatuses } from './reviews/component-statuses.ts'
import { reviewHandlers } from './reviews/review-handlers.ts'
import type { Security, ServiceAccountOptions } from './security.ts'
import type { ResourceHandler, ResourceHandlers } from './serve/dispatch-resource.ts'
import { connectHandlers } from './subresources/connect.ts'
import type { KubeletAccess } from './subresources/kubelet-connection.ts'
import { finalizeNamespace } from './subresources/namespace-deletion.ts'
import { bindPod } from './subresources/pod-binding.ts'
import { evictPod } from './subresources/pod-eviction.ts'
import { reviewRoute } from './subresources/review-route.ts'
import { serviceAccountToken } from './subresources/service-account-token.ts'

export type ResourceHandlerDeps = {
  readonly registry: Registry
  readonly security: Security
  readonly serviceAccounts: ServiceAccountOptions | undefined
  readonly kubelet: KubeletAccess | undefined
}

export function resourceHandlers({ registry, security, serviceAccounts, kubelet }: ResourceHandlerDeps): ResourceHandlers {
  const { authorizer, rbac: index, tokens, audiences, signingKey } = security
  const reviews = Object.entries(reviewHandlers({ clock: registry.clock, authorizer, index, tokens, audiences }))
  const issuer = serviceAccounts?.issuers[0]
  const tokenHandlers: Record<string, ResourceHandler> =
    signingKey === undefined || issuer === undefined || serviceAccounts === undefined
      ? {}
      : {
          'serviceaccounts/token': serviceAccountToken({
            state: registry,
            clock: registry.clock,
            random: registry.random,
            key: signingKey,
            issuer,
            audiences,
            lifetimeSecondsMax: serviceAccounts.lifetimeSecondsMax,
            extendsExpiration: serviceAccounts.extendsExpiration,
          }),
        }
  return {
    ...Object.fromEntries(reviews.map(([resource, review]) => [resource, reviewRoute(review)])),
    ...tokenHandlers,
    bindings: bindPod,
    componentstatuses: componentStatuses,
    'pods/binding': bindPod,
    'pods/eviction': evictPod,
    'namespaces/finalize': finalizeNamespace,
    ...connectHandlers(kubelet),
  }
}
