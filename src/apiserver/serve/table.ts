/** Objects as a `meta.k8s.io Table`: what `kubectl get` asks for. */
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import type { Describe } from '#meta/schema/openapi'
import { badRequest } from '#meta/status'
import { columnDefinitionsOf } from './column-definitions.ts'

export type IncludedObject = 'None' | 'Metadata' | 'Object'

export type TableRequest = {
  readonly kind: Kind
  readonly version: string
  readonly include: IncludedObject
  readonly nowMs: number
  readonly describe: Describe
}

export function includedObjectOf(query: URLSearchParams): IncludedObject {
  const value = query.get('includeObject') ?? ''
  if (value === '' || value === 'Metadata') return 'Metadata'
  if (value === 'None' || value === 'Object') return value
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(value)}: must be 'Metadata', 'Object', 'None', or empty`,
  )
}

/** `metadata` is that of the list, or holds the resourceVersion of the single object. */
export function tableOf(objects: readonly KubeObject[], metadata: unknown, request: TableRequest): unknown {
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${request.version}`,
    metadata,
    columnDefinitions: columnDefinitionsOf(request.kind, request.describe),
    rows: objects.map((object) => rowOf(object, request)),
  }
}

/** The part of an object that `as=PartialObjectMetadata` shows. */
export function partialOf(object: KubeObject, { kind, version }: Pick<TableRequest, 'kind' | 'version'>): KubeObject {
  // As upstream: what a version keeps in annotations for want of fields is no metadata of the object.
  const { metadata } = kind.storedAs === undefined ? object : kind.storedAs.toStored(object)
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata } as KubeObject
}

function rowOf(object: KubeObject, request: TableRequest): unknown {
  const { kind, include, nowMs } = request
  const cells = kind.columns.map((column) => column.cell(object, { nowMs }))
  const conditions = kind.rowConditions?.(object)
  return { cells, ...(conditions === undefined ? {} : { conditions }), object: shownObject(object, include, request) }
}

function shownObject(object: KubeObject, include: IncludedObject, request: TableRequest): unknown {
  switch (include) {
    case 'None':
      return null
    case 'Metadata':
      return partialOf(object, request)
    case 'Object':
      return object
  }
}
