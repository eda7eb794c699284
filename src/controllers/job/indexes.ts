/** Sets of completion indexes, as ranges: a job may have a hundred thousand. In text: `1,3-5,7`. Pure. */

export type IndexRange = { readonly first: number; readonly last: number }
/** Sorted; ranges neither overlap nor touch. */
export type IndexSet = readonly IndexRange[]

/** Reads what `formatIndexes` writes. Ranges that cannot be read are skipped, indexes from `completions` on are cut off. */
export function parseIndexes(text: string | undefined, completions: number): IndexSet {
  const ranges = (text ?? '').split(',').flatMap((part) => {
    const [, first = '', last = first] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? []
    return first === '' || Number(first) >= completions ? [] : [{ first: Number(first), last: Math.min(Number(last), completions - 1) }]
  })
  return normalized(ranges)
}

/** Two neighbours are written one by one, three and more as a range. */
export function formatIndexes(indexes: IndexSet): string {
  return indexes.map(({ first, last }) => (first === last ? `${first}` : `${first}${last === first + 1 ? ',' : '-'}${last}`)).join(',')
}

export function indexSetOf(indexes: Iterable<number>): IndexSet {
  return normalized(Array.from(indexes, (index) => ({ first: index, last: index })))
}

export function unionOf(...sets: readonly IndexSet[]): IndexSet {
  return normalized(sets.flat())
}

export function countOf(indexes: IndexSet): number {
  return indexes.reduce((sum, { first, last }) => sum + last - first + 1, 0)
}

export function overlapCount(a: IndexSet, b: IndexSet): number {
  return countOf(a) + countOf(b) - countOf(unionOf(a, b))
}

export function hasIndex(indexes: IndexSet, index: number): boolean {
  let low = 0
  let high = indexes.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((indexes[middle]?.last ?? 0) < index) low = middle + 1
    else high = middle
  }
  const range = indexes[low]
  return range !== undefined && range.first <= index
}

/** The first `count` indexes below `completions` that are not in `taken`. */
export function firstFree(taken: IndexSet, count: number, completions: number): readonly number[] {
  const free: number[] = []
  let next = 0
  for (const { first, last } of [...taken, { first: completions, last: completions }]) {
    for (; next < Math.min(first, completions) && free.length < count; next++) free.push(next)
    next = Math.max(next, last + 1)
  }
  return free
}

function normalized(ranges: readonly IndexRange[]): IndexSet {
  const merged: IndexRange[] = []
  for (const range of ranges.toSorted((a, b) => a.first - b.first)) {
    const before = merged.at(-1)
    if (before === undefined || range.first > before.last + 1) merged.push(range)
    else merged[merged.length - 1] = { first: before.first, last: Math.max(before.last, range.last) }
  }
  return merged
}
