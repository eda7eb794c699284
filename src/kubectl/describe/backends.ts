/** The endpoints behind a service's port, in one line. */
import type { EndpointSlice } from '#kinds/discovery/types.gen'
import { collection } from './collections.ts'
import type { Surroundings } from './surroundings.ts'

const endpointSlices = collection<EndpointSlice>('endpointslices', { group: 'discovery.k8s.io' })

const shownMax = 3

export async function slicesOf(
  around: Surroundings,
  service: { readonly namespace: string; readonly name: string },
): Promise<readonly EndpointSlice[]> {
  return await around.list(endpointSlices, {
    namespace: service.namespace,
    labelSelector: `kubernetes.io/service-name=${service.name}`,
  })
}

/** The first three that are ready, and how many there are beside. */
export function endpointsText(slices: readonly EndpointSlice[], portName: string): string {
  if (slices.length === 0) return '<none>'
  const places = slices.flatMap(({ ports, endpoints }) =>
    (ports ?? [])
      .filter(({ name = '' }) => name === portName)
      .flatMap(({ port = 0 }) =>
        (endpoints ?? [])
          .filter(({ conditions }) => conditions?.ready !== false)
          .map(({ addresses }) => hostAndPort(addresses[0] ?? '', port)),
      ),
  )
  const shown = places.slice(0, shownMax).join(',')
  return places.length > shownMax ? `${shown} + ${places.length - shownMax} more...` : shown
}

function hostAndPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
