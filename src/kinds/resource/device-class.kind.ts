/** Devices of one sort, by which drivers' devices belong to it. */
import { type FieldErrors, FieldPath, invalid } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import { validateResourceName } from '../core/pod/resource-validation.ts'
import { configCountMax, validateConfig, validateSelectors } from './device-config-validation.ts'
import { validateList } from './device-names-validation.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type DeviceClass = types.DeviceClass
export const DeviceClass: Kind<DeviceClass> = defineKind({
  apiVersion: 'resource.k8s.io/v1',
  kind: 'DeviceClass',
  plural: 'deviceclasses',
  scope: 'Cluster',
  checksMetaAnew: true,
  returnsDeleted: true,
  hasGeneration: true,
  namesByGeneratedRules: true,
  schema: schemas.DeviceClass,
  columns: [nameColumn, ageColumn],
  validate: validateClass,
})

function* validateClass({ spec: { selectors, config, extendedResourceName } }: DeviceClass): FieldErrors {
  const at = FieldPath.of('spec')
  yield* validateSelectors(selectors, at.field('selectors'))
  yield* validateList(config, { countMax: configCountMax, validate: validateConfig }, at.field('config'))
  if (extendedResourceName !== undefined && !isExtendedResource(extendedResourceName))
    yield invalid(at.field('extendedResourceName'), extendedResourceName, 'must be a valid extended resource name')
}

/** What a pod can ask for beside Kubernetes' own resources: a name with a domain that is not Kubernetes'. */
function isExtendedResource(name: string): boolean {
  if (!name.includes('/') || name.includes('kubernetes.io/')) return false
  return [...validateResourceName(name, FieldPath.root, true)].length === 0
}
