/** The wide columns of whatever holds a pod template: its containers and their images. */
import type { KubeObject } from '#meta/object'
import type { Column } from '#meta/table'
import type { PodTemplateSpec } from '../types.gen.ts'

export function containersColumn<T extends KubeObject>(templateOf: (object: T) => PodTemplateSpec | undefined): Column<T> {
  return {
    name: 'Containers',
    type: 'string',
    priority: 1,
    description: 'Names of each container in the template.',
    cell: (object) => joined(templateOf(object), 'name'),
  }
}

export function imagesColumn<T extends KubeObject>(templateOf: (object: T) => PodTemplateSpec | undefined): Column<T> {
  return {
    name: 'Images',
    type: 'string',
    priority: 1,
    description: 'Images referenced by each container in the template.',
    cell: (object) => joined(templateOf(object), 'image'),
  }
}

function joined(template: PodTemplateSpec | undefined, field: 'name' | 'image'): string {
  return (template?.spec?.containers ?? []).map((container) => container[field] ?? '').join(',')
}
