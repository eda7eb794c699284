/** Bounds the list of managers: beyond ten updaters the oldest become one, `ancient-changes`, a version. */
import { union } from './field-set.ts'
import { identityOf, type Manager, type Managers, secondsOf } from './managers.ts'

const updatersMax = 10
const bucketName = 'ancient-changes'

export function capUpdates(managers: Managers): Managers {
  const updaters = [...managers].filter(([, { operation }]) => operation === 'Update')
  if (updaters.length <= updatersMax) return managers
  const capped = new Map(managers)
  const firstOfVersion = new Map<string, string>()
  let count = updaters.length
  for (const [id, manager] of updaters.sort(byAge)) {
    if (count <= updatersMax) break
    const first = firstOfVersion.get(manager.apiVersion)
    if (first === undefined) {
      firstOfVersion.set(manager.apiVersion, id)
    } else {
      pour(capped, { first, id, manager })
      count--
    }
  }
  return capped
}

/** The manager's fields go into the bucket of its version, which starts as the first manager of that version. */
function pour(managers: Map<string, Manager>, { first, id, manager }: { first: string; id: string; manager: Manager }): void {
  const bucket = { name: bucketName, operation: 'Update', apiVersion: manager.apiVersion, subresource: '' } as const
  const bucketId = identityOf(bucket)
  const before = managers.get(bucketId) ?? managers.get(first)
  if (!managers.has(bucketId)) managers.delete(first)
  managers.delete(id)
  const set = before === undefined ? manager.set : union(manager.set, before.set)
  // The younger of the two says how old the bucket is.
  managers.set(bucketId, { ...bucket, set, time: manager.time, entry: undefined })
}

function byAge([idA, a]: readonly [string, Manager], [idB, b]: readonly [string, Manager]): number {
  return secondsOf(a.time) - secondsOf(b.time) || (idA < idB ? -1 : 1)
}
