/** A file that a volume of the API's objects shall hold, and the choice of keys that such volumes have in common. */
import type { KeyToPath } from '#kinds/core/types.gen'

export type ProjectedFile = {
  /** Relative to the volume. */
  readonly path: string
  readonly bytes: Buffer
  readonly mode: number
  /** Its owner; root where absent. */
  readonly uid?: number
}

export type KeyChoice = {
  /** All keys where there are none. */
  readonly items?: readonly KeyToPath[] | undefined
  readonly optional?: boolean | undefined
  readonly defaultMode: number
}

/** Throws `missing(key)` for an item whose key is not there, unless the choice is optional. */
export function filesOfKeys(
  data: ReadonlyMap<string, Buffer>,
  choice: KeyChoice,
  missing: (key: string) => Error,
): readonly ProjectedFile[] {
  const items = choice.items ?? []
  if (items.length === 0) return [...data].map(([path, bytes]) => ({ path, bytes, mode: choice.defaultMode }))
  return items.flatMap(({ key, path, mode = choice.defaultMode }) => {
    const bytes = data.get(key)
    if (bytes !== undefined) return [{ path, bytes, mode }]
    if (choice.optional) return []
    throw missing(key)
  })
}

/** A path that leaves the volume would be written where only the node may write. */
export function requireInside({ path }: ProjectedFile): void {
  const parts = path.split('/')
  if (path === '') throw new Error('invalid path: must not be empty: ')
  if (path.startsWith('/')) throw new Error(`invalid path: must be relative path: ${path}`)
  if (parts.includes('..')) throw new Error(`invalid path: must not contain '..': ${path}`)
  if (parts[0]?.startsWith('..')) throw new Error(`invalid path: must not start with '..': ${path}`)
}
