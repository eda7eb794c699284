/** A pod that waits behind scheduling gates may still ask for fewer nodes, and for nothing else (upstream: validateNodeAffinityMutation). */
import { type FieldErrors, FieldPath, invalid } from '#meta/field-path'
import { isSameValue } from '../../same-value.ts'
import { internalForm } from '../../shown/internal-form.ts'
import * as schemas from '../schema.gen.ts'
import type { NodeSelectorTerm, PodSpec } from '../types.gen.ts'

const spec = FieldPath.of('spec')
const requiredField = 'requiredDuringSchedulingIgnoredDuringExecution'

export function* validateGatedUpdate(next: PodSpec, old: PodSpec): FieldErrors {
  if ((old.schedulingGates ?? []).length === 0) return
  yield* validateSelector(next, old)
  const before = old.affinity?.nodeAffinity
  if (before !== undefined && !isSameValue(next.affinity?.nodeAffinity, before))
    yield* validateTerms(
      next.affinity?.nodeAffinity?.[requiredField]?.nodeSelectorTerms ?? [],
      before[requiredField]?.nodeSelectorTerms ?? [],
    )
}

/** What a gated pod may change, put back. */
export function withOldNodeChoice(next: PodSpec, old: PodSpec): Pick<PodSpec, 'nodeSelector' | 'affinity'> {
  const nodeAffinity = old.affinity?.nodeAffinity
  const isOnlyNodes = next.affinity?.podAffinity === undefined && next.affinity?.podAntiAffinity === undefined
  const affinity =
    old.affinity === undefined && isOnlyNodes
      ? undefined
      : next.affinity === undefined && nodeAffinity === undefined
        ? undefined
        : { ...next.affinity, nodeAffinity }
  return { nodeSelector: old.nodeSelector, affinity }
}

function* validateSelector({ nodeSelector: next = {} }: PodSpec, { nodeSelector: old = {} }: PodSpec): FieldErrors {
  const isKept = Object.entries(old).every(([key, value]) => next[key] === value)
  if (!isKept)
    yield invalid(
      spec.field('nodeSelector'),
      Object.keys(next).length === 0 ? null : next,
      'only additions to spec.nodeSelector are allowed (no mutations or deletions)',
    )
}

function* validateTerms(next: readonly NodeSelectorTerm[], old: readonly NodeSelectorTerm[]): FieldErrors {
  if (old.length === 0) return
  const at = spec.field('affinity').field('nodeAffinity').field(requiredField).field('nodeSelectorTerms')
  if (next.length !== old.length) {
    const shown = next.length === 0 ? null : next.map((term) => internalForm(schemas.NodeSelectorTerm, term))
    return yield invalid(at, shown, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed')
  }
  for (const [index, term] of next.entries()) {
    if (!isNarrower(term, old[index] ?? {}))
      yield invalid(at.index(index), internalForm(schemas.NodeSelectorTerm, term), 'only additions are allowed (no mutations or deletions)')
  }
}

/** More requirements than before, behind those that were there; a term without any matches nothing, and stays so. */
function isNarrower(next: NodeSelectorTerm, old: NodeSelectorTerm): boolean {
  const counts = [next, old].map(({ matchExpressions = [], matchFields = [] }) => matchExpressions.length + matchFields.length)
  if (counts[1] === 0) return counts[0] === 0
  return (['matchExpressions', 'matchFields'] as const).every((field) => {
    const before = old[field] ?? []
    return isSameValue((next[field] ?? []).slice(0, before.length), before)
  })
}
