/** Where pods may run: tolerations and the spread over domains. */
import type { Toleration, TopologySpreadConstraint } from '#kinds/core/types.gen'
import { formatLabelSelector } from '#meta/labels'
import { compareText, type Lines, listLines } from './lines.ts'

export function tolerationLines(title: string, tolerations: readonly Toleration[] = []): Lines {
  return listLines(title, tolerations.toSorted((a, b) => compareText(a.key ?? '', b.key ?? '')).map(tolerationText))
}

function tolerationText({ key = '', value = '', effect = '', operator, tolerationSeconds }: Toleration): string {
  const taint = `${key}${value === '' ? '' : `=${value}`}${effect === '' ? '' : `:${effect}`}`
  const exists = operator === 'Exists' && value === '' ? `${taint === '' ? '' : ' '}op=Exists` : ''
  return `${taint}${exists}${tolerationSeconds === undefined ? '' : ` for ${tolerationSeconds}s`}`
}

export function spreadLines(constraints: readonly TopologySpreadConstraint[] = []): Lines {
  if (constraints.length === 0) return []
  return listLines('Topology Spread Constraints', constraints.toSorted((a, b) => compareText(a.topologyKey, b.topologyKey)).map(spreadText))
}

function spreadText({ topologyKey, whenUnsatisfiable, maxSkew, labelSelector }: TopologySpreadConstraint): string {
  const selector = labelSelector === undefined ? '' : ` for selector ${formatLabelSelector(labelSelector)}`
  return `${topologyKey}:${whenUnsatisfiable} when max skew ${maxSkew} is exceeded${selector}`
}
