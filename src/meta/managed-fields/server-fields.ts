/** Sets of plain field paths: what the server itself writes, or what a request cannot reach. */
import { emptySet, type FieldSet, setOfPath, union } from './field-set.ts'

export function setOfPaths(paths: readonly (readonly string[])[]): FieldSet {
  return paths.reduce<FieldSet>((set, path) => union(set, setOfPath(path.map((name) => `f:${name}`))), emptySet)
}
