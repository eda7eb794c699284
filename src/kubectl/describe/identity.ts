/** What most descriptions begin with. */
import type { KubeObject } from '#meta/object'
import { annotationLines, type Lines, labelLines, onlyIf } from './lines.ts'

export function nameLines({ metadata }: KubeObject): Lines {
  return [`Name:\t${metadata.name ?? ''}`, `Namespace:\t${metadata.namespace ?? ''}`]
}

export function labelAndAnnotationLines({ metadata }: KubeObject): Lines {
  return [...labelLines('Labels', metadata.labels), ...annotationLines('Annotations', metadata.annotations)]
}

/** `Controlled By:  ReplicaSet/web-5d4`; nothing where no controller owns the object. */
export function controllerLines({ metadata }: KubeObject): Lines {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true)
  return onlyIf(owner !== undefined, `Controlled By:\t${owner?.kind}/${owner?.name}`)
}
