/** Where the API keeps the objects that describers look up. */
import type { Pod } from '#kinds/core/types.gen'

/** Objects of one kind, by the place where the API keeps them; `T` is only known to the compiler. */
export type Collection<T> = {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly scope: 'Namespaced' | 'Cluster'
  readonly decode: (body: unknown) => T
}

export function collection<T>(
  plural: string,
  { group = '', version = 'v1', scope = 'Namespaced' }: Partial<Collection<T>> = {},
): Collection<T> {
  return { group, version, plural, scope, decode: (body) => body as T }
}

export const pods = collection<Pod>('pods')
