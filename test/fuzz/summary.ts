/** `node test/fuzz/summary.ts FILE...`: the result files of runs (`--result`) as one table, for README.md. */
import { readFileSync } from 'node:fs'
import { addCounts, tableOf } from './status-table.ts'

type Line = {
  readonly seed: number
  readonly cases: number
  readonly faults: number
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>
}

const lines = process.argv.slice(2).flatMap((file) =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line),
)
const totals = new Map<string, Map<number, number>>()
for (const { counts } of lines) {
  addCounts(
    totals,
    new Map(
      Object.entries(counts).map(([family, statuses]) => [
        family,
        new Map(Object.entries(statuses).map(([status, times]) => [Number(status), times])),
      ]),
    ),
  )
}
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
console.log(tableOf(totals))
console.log(`${sum(lines.map(({ cases }) => cases))} cases in ${lines.length} chunks, ${sum(lines.map(({ faults }) => faults))} faults`)
