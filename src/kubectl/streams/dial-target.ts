/** Where and as whom connections that are no plain requests are dialled: exec, attach, port-forward. */

import { targetOf, tlsOptionsOf } from '#client/endpoint'
import { errorOf } from '#client/http-transport'
import { type DialTarget, UpgradeRefused } from '#net/streams/upgrade'
import type { Cluster } from '../cluster.ts'
import { CommandError } from '../errors.ts'

type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

export async function dialTargetOf(cluster: Cluster, path: string, query: Query = {}): Promise<DialTarget> {
  const endpoint = await cluster.endpoint()
  const [headers, tls] = await Promise.all([endpoint.headers(), endpoint.tls()])
  return {
    url: `${endpoint.server.origin}${targetOf(endpoint.server, path, query)}`,
    headers,
    tls: tlsOptionsOf(endpoint.server, tls),
  }
}

/** A server that refuses says why in a Status, or in plain words. */
export async function dialled<T>(pending: Promise<T>): Promise<T> {
  try {
    return await pending
  } catch (error) {
    if (!(error instanceof UpgradeRefused)) throw error
    const { message } = errorOf({ status: error.statusCode, headers: {} }, error.body)
    throw new CommandError(`unable to upgrade connection: ${message}`)
  }
}
