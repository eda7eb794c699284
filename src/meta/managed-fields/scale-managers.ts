/**
 * Managers as the `scale` subresource sees them: of all that they own of the object, only the number of replicas counts, and
 * that under the name that it has in a Scale.
 */
import { difference, hasPath, isEmptySet, setOfPath } from './field-set.ts'
import { identityOf, type Manager, type Managers, noManagers } from './managers.ts'

export const scaleApiVersion = 'autoscaling/v1'
const inScale = ['f:spec', 'f:replicas']

/** Where an object keeps its replicas, by version; versions that are not named are not served. */
export type ReplicasPaths = (apiVersion: string) => readonly string[] | undefined

export function managersOfScale(managers: Managers, pathIn: ReplicasPaths): Managers {
  const owners = [...managers].filter(([, { apiVersion, set }]) => {
    const path = pathIn(apiVersion)
    return path !== undefined && hasPath(set, path)
  })
  return owners.length === 0 ? noManagers : new Map(owners.map(([, manager]) => asScale(manager)))
}

function asScale(manager: Manager): readonly [string, Manager] {
  const renamed = { ...manager, apiVersion: scaleApiVersion, set: setOfPath(inScale), entry: undefined }
  return [identityOf(renamed), renamed]
}

/** The object's managers after a write of its Scale, which left `ofScale`. `apiVersion` is that of the request. */
export function managersOfParent(parent: Managers, ofScale: Managers, apiVersion: string, pathIn: ReplicasPaths): Managers {
  const left = new Map<string, Manager>()
  const arrived = new Map(ofScale)
  for (const [id, manager] of parent) {
    const path = pathIn(manager.apiVersion)
    if (path === undefined) continue
    const isOwner = hasPath(manager.set, path)
    if (!isOwner || arrived.delete(asScale(manager)[0])) {
      left.set(id, manager)
      continue
    }
    const set = difference(manager.set, setOfPath(path))
    if (!isEmptySet(set)) left.set(id, { ...manager, set })
  }
  const path = pathIn(apiVersion)
  for (const { entry: _, ...manager } of arrived.values()) {
    if (path === undefined || !hasPath(manager.set, inScale)) continue
    // As upstream: who came by way of the Scale has no time.
    const owner = { ...manager, apiVersion, set: setOfPath(path), time: undefined, entry: undefined }
    left.set(identityOf(owner), owner)
  }
  return left
}
