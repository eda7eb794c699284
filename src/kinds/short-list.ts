/** Lists in a table cell: the first three, and how many more. */
const countMax = 3

export function shortList(entries: readonly string[], whenEmpty = '<none>'): string {
  if (entries.length === 0) return whenEmpty
  const more = entries.length - countMax
  const shown = entries.slice(0, countMax).join(',')
  return more > 0 ? `${shown} + ${more} more...` : shown
}
