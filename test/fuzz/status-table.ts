/** How many answers of which status the cases of each family got. */

export type Counts = ReadonlyMap<string, ReadonlyMap<number, number>>

/** As Markdown: families down, statuses across. */
export function tableOf(totals: Counts): string {
  const statuses = [...new Set([...totals.values()].flatMap((ofFamily) => [...ofFamily.keys()]))].sort((a, b) => a - b)
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  const head = [
    row(['family', ...statuses.map((status) => (status === 0 ? 'closed' : status)), 'all']),
    row(Array<string>(statuses.length + 2).fill('---')),
  ]
  const rows = [...totals]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([family, ofFamily]) => {
      const cells = statuses.map((status) => ofFamily.get(status) ?? '')
      return row([family, ...cells, [...ofFamily.values()].reduce((sum, times) => sum + times, 0)])
    })
  return [...head, ...rows].join('\n')
}

export function addCounts(totals: Map<string, Map<number, number>>, counts: Counts): void {
  for (const [family, statuses] of counts) {
    const total = totals.getOrInsertComputed(family, () => new Map<number, number>())
    for (const [status, times] of statuses) total.set(status, (total.get(status) ?? 0) + times)
  }
}
