/** Requirements on labels, such as those of node selectors and topologies, one a line. */
import type { Lines } from './lines.ts'
import { listLines } from './lines.ts'

type Requirement = { readonly key: string; readonly operator?: string; readonly values?: readonly string[] }

export function termLines(title: string, requirements: readonly Requirement[]): Lines {
  return listLines(
    title,
    requirements.map(({ key, operator = 'In', values = [] }) => {
      const list = values.length === 0 ? '' : ` [${values.join(', ')}]`
      return `${key} ${operator.toLowerCase()}${list}`
    }),
  )
}
