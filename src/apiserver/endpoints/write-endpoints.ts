/** Brings the Endpoints and the EndpointSlice `kubernetes` to what a reconciler wants, whoever else writes them at the same time. */
import type { Client } from '#client/client'
import { Endpoints } from '#kinds/core/endpoints.kind'
import { EndpointSlice } from '#kinds/discovery/endpoint-slice.kind'
import { refOf } from '#meta/object'
import { hasReason, ignoreNotFound } from '#meta/status'
import { asApiServer, isEqual, restoreObject } from '../bootstrap/restore-object.ts'
import { serverEndpointsRef, sliceOf } from './server-endpoints.ts'

/** Several servers may start at the same moment. */
const attemptsMax = 5

/** `next` may be asked again: it gets what is there, and gives undefined to leave it. */
export async function writeServerEndpoints(
  client: Client,
  next: (found: Endpoints | undefined) => Promise<Endpoints | undefined>,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await writeOnce(client, next, signal)
    } catch (error) {
      if (attempt === attemptsMax || !hasReason(error, 'Conflict', 'AlreadyExists')) throw error
    }
  }
}

async function writeOnce(client: Client, next: Parameters<typeof writeServerEndpoints>[1], signal: AbortSignal): Promise<void> {
  const found = await ignoreNotFound(client.get(Endpoints, serverEndpointsRef, signal))
  const endpoints = await next(found)
  if (endpoints === undefined) return
  if (found === undefined) await client.create(Endpoints, endpoints, asApiServer, signal)
  else if (!isEqual(found, endpoints)) await client.update(Endpoints, endpoints, asApiServer, signal)
  await writeSlice(client, sliceOf(endpoints), signal)
}

/** The family of a slice cannot be changed: one of another family is replaced. */
async function writeSlice(client: Client, wanted: EndpointSlice, signal: AbortSignal): Promise<void> {
  const found = await ignoreNotFound(client.get(EndpointSlice, refOf(wanted), signal))
  if (found !== undefined && found.addressType !== wanted.addressType)
    await ignoreNotFound(client.delete(EndpointSlice, refOf(wanted), {}, signal))
  await restoreObject(client, EndpointSlice, wanted, (old, { endpoints, ports }) => ({ ...old, endpoints, ports }), signal)
}
