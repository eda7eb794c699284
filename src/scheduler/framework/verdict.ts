/** What a plugin says about a pod and a node. Rejections are made once and shared: filters run for every node. */

/**
 * `unschedulable` may change when other pods go, so preemption may help; `unresolvable` will not.
 * `reasons` are shown to users, counted over all nodes.
 */
export type Rejection = { readonly outcome: 'unschedulable' | 'unresolvable'; readonly reasons: readonly string[] }
export type Pass = { readonly outcome: 'pass' }
export type Verdict = Pass | Rejection

export const pass: Pass = { outcome: 'pass' }

export function unschedulable(...reasons: readonly string[]): Rejection {
  return { outcome: 'unschedulable', reasons }
}

export function unresolvable(...reasons: readonly string[]): Rejection {
  return { outcome: 'unresolvable', reasons }
}
