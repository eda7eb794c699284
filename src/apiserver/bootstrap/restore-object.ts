/** A write that is right whether or not the object is there. */
import type { Client, WriteOptions } from '#client/client'
import type { Kind } from '#meta/kind'
import { type KubeObject, refOf } from '#meta/object'
import { hasReason, ignoreNotFound } from '#meta/status'

/** Whose fields the objects are that every cluster has. */
export const asApiServer = { fieldManager: 'kube-apiserver' }

/** Creates the object, or writes what `restored` makes of the found one, if that changes it. */
export async function restoreObject<T extends KubeObject>(
  client: Client,
  kind: Kind<T>,
  wanted: T,
  restored: (found: T, wanted: T) => T,
  signal?: AbortSignal,
): Promise<void> {
  const found = await ignoreNotFound(client.get(kind, refOf(wanted), signal))
  if (found === undefined) return await createUnlessThere(client, kind, wanted, asApiServer, signal)
  const next = restored(found, wanted)
  if (!isEqual(next, found)) await client.update(kind, next, asApiServer, signal)
}

/** Another API server of the same cluster may be quicker: then the object is there, which is all we want. */
export async function createUnlessThere<T extends KubeObject>(
  client: Client,
  kind: Kind<T>,
  object: T,
  options: WriteOptions = asApiServer,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await client.create(kind, object, options, signal)
  } catch (error) {
    if (!hasReason(error, 'AlreadyExists')) throw error
  }
}

/** Whether two values say the same, in whatever order their fields are. */
export function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
}

/** The value with the keys of all objects in order: the server may answer them in another one. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}
