/** In which order a merged list stands: what the patch names in the patch's order, what only the server has near its old place. */

type Same = (a: unknown, b: unknown) => boolean

/**
 * `before` is the list as it was, `wanted` the order that the patch asks for. An entry that the patch does not name goes in front
 * of the next named entry that it stood in front of before.
 */
export function ordered(
  merged: readonly unknown[],
  before: readonly unknown[],
  wanted: readonly unknown[],
  same: Same,
): readonly unknown[] {
  const rank = (list: readonly unknown[], item: unknown) => list.findIndex((other) => same(other, item))
  const byRank = (list: readonly unknown[]) => (a: unknown, b: unknown) => rank(list, a) - rank(list, b)
  const named = merged.filter((item) => rank(wanted, item) >= 0).sort(byRank(wanted))
  const others = merged.filter((item) => rank(wanted, item) < 0).sort(byRank(before))
  const result: unknown[] = []
  let next = 0
  for (const item of named) {
    const place = rank(before, item)
    while (place >= 0 && next < others.length && rank(before, others[next]) < place) result.push(others[next++])
    result.push(item)
  }
  return [...result, ...others.slice(next)]
}
