/** Facts of a pod and its containers as files. */
import type { Container, DownwardAPIVolumeFile, Pod } from '#kinds/core/types.gen'
import { podField } from '../runtime/environment.ts'
import { type QuantityPurpose, quantityOf } from '../runtime/resource-field.ts'
import type { ProjectedFile } from './projected-file.ts'

export type DownwardFacts = QuantityPurpose & { readonly nodeName: string }

export function downwardApiFiles(
  pod: Pod,
  items: readonly DownwardAPIVolumeFile[],
  defaultMode: number,
  facts: DownwardFacts,
): readonly ProjectedFile[] {
  return items.map((item) => ({ path: item.path, bytes: Buffer.from(valueOf(pod, item, facts)), mode: item.mode ?? defaultMode }))
}

function valueOf(pod: Pod, { fieldRef, resourceFieldRef }: DownwardAPIVolumeFile, facts: DownwardFacts): string {
  if (fieldRef !== undefined) return podField(pod, fieldRef.fieldPath, { podIps: [], hostIps: [], nodeName: facts.nodeName })
  if (resourceFieldRef === undefined) return ''
  const container = containerOf(pod, resourceFieldRef.containerName ?? '')
  return quantityOf(pod, container, resourceFieldRef, facts)
}

function containerOf(pod: Pod, name: string): Container {
  const all = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]
  const found = all.find((container) => container.name === name)
  if (found === undefined) throw new Error(`container ${name} not found`)
  return found
}
