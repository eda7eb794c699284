/** The conditions of workloads: type, status and reason. */
import { indented, type Lines } from './lines.ts'

type Condition = { readonly type: string; readonly status: string; readonly reason?: string }

export function conditionLines(conditions: readonly Condition[] = []): Lines {
  if (conditions.length === 0) return []
  const rows = conditions.map(({ type, status, reason = '' }) => `${type} \t${status}\t${reason}`)
  return ['Conditions:', ...indented(['Type\tStatus\tReason', '----\t------\t------', ...rows])]
}
