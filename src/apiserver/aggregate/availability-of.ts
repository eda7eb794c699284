/** Whether the service behind a version of an API can be asked. Pure. */
import type { APIService } from '#kinds/apiregistration/api-service.kind'
import { type Availability, localAvailability } from '#kinds/apiregistration/availability'
import type { Service } from '#kinds/core/service.kind'
import type { EndpointSlice } from '#kinds/discovery/endpoint-slice.kind'

export type ServiceFacts = { readonly service: Service | undefined; readonly slices: readonly EndpointSlice[] }

/** In the order in which upstream looks, and in its words. */
export function availabilityOf({ spec }: APIService, { service, slices }: ServiceFacts): Availability {
  if (spec.service === undefined) return localAvailability
  const { namespace = '', name = '', port: number = 443 } = spec.service
  const what = `service/${name} in ${JSON.stringify(namespace)}`
  if (service === undefined) return unavailable('ServiceNotFound', `${what} is not present`)
  if (service.spec?.type === 'ClusterIP') {
    const port = service.spec.ports?.find((one) => one.port === number)
    if (port === undefined) return unavailable('ServicePortError', `${what} is not listening on port ${number}`)
    if (slices.length === 0) return unavailable('EndpointsNotFound', `cannot find endpointslices for ${what}`)
    const portName = port.name ?? ''
    const isReachable = slices.some(
      ({ endpoints = [], ports = [] }) => endpoints.length > 0 && ports.some((one) => (one.name ?? '') === portName),
    )
    if (!isReachable)
      return unavailable('MissingEndpoints', `endpointslices for ${what} have no addresses with port name ${JSON.stringify(portName)}`)
  }
  return unavailable('FailedDiscoveryCheck', `failing or missing response from ${what}: this server passes no requests on`)
}

function unavailable(reason: string, message: string): Availability {
  return { status: 'False', reason, message }
}
