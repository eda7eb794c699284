/** This server's place behind the service `kubernetes`, as its options want it kept. */
import type { Clock } from '#base/env/clock'
import type { Log } from '#base/env/log'
import type { Client } from '#client/client'
import { Endpoints } from '#kinds/core/endpoints.kind'
import type { Kind } from '#meta/kind'
import type { Storage } from '../storage/storage.ts'
import { storedJson } from '../storage/value-format.ts'
import { countingReconciler, type EndpointReconcilerType, leaseReconciler, type OwnAddress } from './endpoint-reconciler.ts'
import { noEndpoint, type OwnEndpoint, sharedEndpoint, soleEndpoint } from './keep-endpoints.ts'
import { MasterLeases } from './master-leases.ts'

export type EndpointOptions = {
  readonly type: EndpointReconcilerType
  /** For `master-count`: how many servers there are; 1 unless told otherwise. */
  readonly serverCount?: number
}

type Deps = { readonly clock: Clock; readonly log: Log; readonly storage: Storage; readonly client: Client }
type Options = { readonly endpoints?: EndpointOptions; readonly storeIsShared?: boolean }

/** A store that only one server can have open needs no leases. */
export function endpointOf(deps: Deps, { endpoints = { type: 'lease' }, storeIsShared = false }: Options, own: OwnAddress): OwnEndpoint {
  const { client } = deps
  switch (endpoints.type) {
    case 'none':
      return noEndpoint
    case 'master-count':
      return sharedEndpoint(deps, countingReconciler(client, endpoints.serverCount ?? 1, own))
    case 'lease':
      if (!storeIsShared) return soleEndpoint(deps, countingReconciler(client, 1, own))
      return sharedEndpoint(
        deps,
        leaseReconciler(
          client,
          new MasterLeases({ store: deps.storage.store, encode: (endpoints) => encoded(deps.storage, endpoints) }),
          own,
        ),
      )
  }
}

function encoded({ format }: Storage, endpoints: Endpoints): Uint8Array {
  const kind = Endpoints as unknown as Kind
  return format.toStored(kind, endpoints, storedJson(kind, endpoints))
}
