/** Keeps ranges of service addresses until no service has an address that comes from them alone. */
import { rfc3339 } from '#base/env/clock'
import { IPAddress } from '#kinds/networking/ip-address.kind'
import { ServiceCIDR } from '#kinds/networking/service-cidr.kind'
import { isBeingDeleted, keyOf, refOf } from '#meta/object'
import { ignoreNotFound } from '#meta/status'
import { type Controller, type ControllerDeps, done, watching } from '#reconcile/controller'
import { type Condition, planFor } from './plan.ts'

const name = 'service-cidr-controller'
const managerLabel = 'ipaddress.kubernetes.io/managed-by'

export const serviceCidrController: Controller<ServiceCIDR> = {
  name,
  for: ServiceCIDR,
  watches: [
    watching(IPAddress, (_address, _old, deps) => endingKeys(deps)),
    watching(ServiceCIDR, (_range, _old, deps) => endingKeys(deps)),
  ],
  async reconcile({ cache, client, clock }, range, signal) {
    const all = cache(ServiceCIDR).list()
    const addresses = cache(IPAddress)
      .list()
      .filter(({ metadata }) => metadata.labels?.[managerLabel] === 'ipallocator.k8s.io')
    const nowMs = clock.nowMs()
    const plan = planFor({ range, all, addresses }, nowMs)
    if (plan.do === 'nothing') return done
    if (plan.do === 'wait') return { afterMs: plan.afterMs }
    if (plan.finalizers !== undefined) {
      // Whoever else has changed the list meanwhile must not lose by it.
      const { resourceVersion } = range.metadata
      const body = { metadata: { resourceVersion, finalizers: plan.finalizers } }
      await ignoreNotFound(client.patch(ServiceCIDR, refOf(range), { type: 'merge', body }, signal))
    }
    if (plan.do === 'keep' && plan.condition !== undefined) {
      const body = statusOf(range, plan.condition, nowMs)
      const patch = { type: 'apply', body, fieldManager: name, force: true, subresource: 'status' } as const
      await ignoreNotFound(client.patch(ServiceCIDR, refOf(range), patch, signal))
    }
    return done
  },
}

/** The ranges that wait for others to go or to come. */
function endingKeys({ cache }: ControllerDeps): readonly string[] {
  return cache(ServiceCIDR)
    .list()
    .filter(isBeingDeleted)
    .map((range) => keyOf(refOf(range)))
}

function statusOf({ apiVersion, kind, metadata }: ServiceCIDR, condition: Condition, nowMs: number): object {
  const conditions = [{ type: 'Ready', ...condition, lastTransitionTime: rfc3339(nowMs) }]
  return { apiVersion, kind, metadata: { name: metadata.name }, status: { conditions } }
}
