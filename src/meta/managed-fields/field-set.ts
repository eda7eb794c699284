/**
 * A set of fields of an object, in the very form of `fieldsV1`: a tree whose keys are path elements. An empty node says
 * that the field itself is in the set; where fields below it are in the set too, the key `.` says so. The root is no field.
 * Sets are immutable and share what they have in common.
 */
import { compareElements } from './path-element.ts'

export type FieldSet = { readonly [element: string]: FieldSet }

/** The node of a field that is in the set, with nothing below it. */
export const leaf: FieldSet = Object.freeze({})
/** The root of a set without fields. */
export const emptySet: FieldSet = Object.freeze({})

export function isEmptySet(set: FieldSet): boolean {
  for (const _ in set) return false
  return true
}

/** Whether the field of a node is in the set. */
export function isMember(node: FieldSet): boolean {
  return node['.'] !== undefined || isEmptySet(node)
}

/** The node of a field whose children are `children`; undefined where nothing of it is in the set. */
function nodeOf(isInSet: boolean, children: FieldSet): FieldSet | undefined {
  if (isEmptySet(children)) return isInSet ? leaf : undefined
  return isInSet ? { '.': leaf, ...children } : children
}

/** The set of one path. */
export function setOfPath(path: readonly string[]): FieldSet {
  return path.reduceRight<FieldSet>((below, element) => ({ [element]: below }), leaf)
}

export function hasPath(set: FieldSet, path: readonly string[]): boolean {
  let node: FieldSet | undefined = set
  for (const element of path) {
    node = node[element]
    if (node === undefined) return false
  }
  return isMember(node)
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmptySet(b)) return a
  if (isEmptySet(a)) return b
  const both: Record<string, FieldSet> = { ...a }
  for (const element of Object.keys(b)) {
    const [ours, theirs] = [a[element], b[element] ?? leaf]
    both[element] = ours === undefined ? theirs : unionOfNodes(ours, theirs)
  }
  return both
}

function unionOfNodes(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(a)) return withSelf(b)
  return isEmptySet(b) ? withSelf(a) : union(a, b)
}

/** A node with its field in the set too. */
export function withSelf(node: FieldSet): FieldSet {
  return node['.'] !== undefined || isEmptySet(node) ? node : { '.': leaf, ...node }
}

/** What is in both. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const common: Record<string, FieldSet> = {}
  for (const element of Object.keys(a)) {
    const [ours, theirs] = [a[element], b[element]]
    if (element === '.' || ours === undefined || theirs === undefined) continue
    const node = nodeOf(isMember(ours) && isMember(theirs), intersection(ours, theirs))
    if (node !== undefined) common[element] = node
  }
  return common
}

/** What is in `a` and not in `b`; `a` itself where they share nothing. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return without(a, b, (ours, theirs) => restOf(ours, isMember(ours) && isMember(theirs), difference(ours, theirs)))
}

/** As `difference`, but what is below a field of `b` goes with it. */
export function recursiveDifference(a: FieldSet, b: FieldSet): FieldSet {
  return without(a, b, (ours, theirs) => (isMember(theirs) ? undefined : restOf(ours, false, recursiveDifference(ours, theirs))))
}

function without(a: FieldSet, b: FieldSet, rest: (ours: FieldSet, theirs: FieldSet) => FieldSet | undefined): FieldSet {
  let left: Record<string, FieldSet> | undefined
  for (const element of Object.keys(b)) {
    const [ours, theirs] = [a[element], b[element]]
    if (element === '.' || ours === undefined || theirs === undefined) continue
    const node = rest(ours, theirs)
    if (node === ours) continue
    left ??= { ...a }
    if (node === undefined) delete left[element]
    else left[element] = node
  }
  return left ?? a
}

/** A node of which `left` is left below it; itself if it lost nothing. */
function restOf(node: FieldSet, losesSelf: boolean, left: FieldSet): FieldSet | undefined {
  return left === node && !losesSelf ? node : nodeOf(isMember(node) && !losesSelf, childrenOf(left))
}

function childrenOf(node: FieldSet): FieldSet {
  if (node['.'] === undefined) return node
  const { '.': _, ...children } = node
  return children
}

/** Whether all of `a` is in `b`. */
export function isWithin(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true
  for (const element in a) {
    if (element === '.') continue
    const [ours, theirs] = [a[element], b[element]]
    if (ours === undefined || theirs === undefined) return false
    if ((isMember(ours) && !isMember(theirs)) || !isWithin(ours, theirs)) return false
  }
  return true
}

export function isSameSet(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true
  const elements = Object.keys(a)
  if (elements.length !== Object.keys(b).length) return false
  return elements.every((element) => {
    const [ours, theirs] = [a[element], b[element]]
    return ours !== undefined && theirs !== undefined && isSameSet(ours, theirs)
  })
}

/** The paths in the set, in the order of upstream: all fields of a level before what is below them. */
export function* pathsOf(set: FieldSet, prefix: readonly string[] = []): Generator<readonly string[]> {
  const elements = Object.keys(set)
    .filter((element) => element !== '.')
    .sort(compareElements)
  for (const element of elements) if (isMember(set[element] ?? leaf)) yield [...prefix, element]
  for (const element of elements) yield* pathsOf(set[element] ?? leaf, [...prefix, element])
}

/** The same set with its elements in the order in which upstream writes them; itself if they stand so already. */
export function sorted(set: FieldSet): FieldSet {
  if (isSorted(set)) return set
  const result: Record<string, FieldSet> = {}
  for (const element of Object.keys(set).sort(compareElements)) result[element] = sorted(set[element] ?? leaf)
  return result
}

function isSorted(set: FieldSet): boolean {
  let previous = ''
  for (const element in set) {
    if (previous !== '' && compareElements(previous, element) > 0) return false
    if (!isSorted(set[element] ?? leaf)) return false
    previous = element
  }
  return true
}
