/** What the pods of a workload will look like. */
import type { PodSpec, PodTemplateSpec } from '#kinds/core/types.gen'
import { containerLines } from './containers.ts'
import { annotationLines, indented, type Lines, labelLines, onlyIf } from './lines.ts'
import { spreadLines, tolerationLines } from './placement.ts'
import { volumeLines } from './volumes.ts'

export function podTemplateLines(template: PodTemplateSpec | undefined): Lines {
  if (template === undefined) return ['Pod Template:', '  <unset>']
  const { metadata = {}, spec = emptySpec } = template
  const { serviceAccountName = '', initContainers = [], priorityClassName = '' } = spec
  return [
    'Pod Template:',
    ...labelLines('  Labels', metadata.labels),
    ...(Object.keys(metadata.annotations ?? {}).length === 0 ? [] : annotationLines('  Annotations', metadata.annotations)),
    ...onlyIf(serviceAccountName !== '', `  Service Account:\t${serviceAccountName}`),
    ...(initContainers.length === 0 ? [] : containerLines('Init Containers', initContainers, { margin: '  ' })),
    ...containerLines('Containers', spec.containers, { margin: '  ' }),
    ...volumeLines(spec.volumes, '  '),
    ...indented(spreadLines(spec.topologySpreadConstraints)),
    ...onlyIf(priorityClassName !== '', `  Priority Class Name:\t${priorityClassName}`),
    ...labelLines('  Node-Selectors', spec.nodeSelector),
    ...tolerationLines('  Tolerations', spec.tolerations),
  ]
}

const emptySpec: PodSpec = { containers: [] }
