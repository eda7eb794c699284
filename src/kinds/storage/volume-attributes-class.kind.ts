/** Attributes of volumes that can change. */
import { type FieldErrors, FieldPath, forbiddenField } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import { isSameValue } from '../same-value.ts'
import { validateParameters } from './parameters-validation.ts'
import * as schemas from './schema.gen.ts'
import { validateProvisioner } from './storage-class-validation.ts'
import type * as types from './types.gen.ts'

export type VolumeAttributesClass = types.VolumeAttributesClass
export const VolumeAttributesClass: Kind<VolumeAttributesClass> = defineKind({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'VolumeAttributesClass',
  plural: 'volumeattributesclasses',
  shortNames: ['vac'],
  scope: 'Cluster',
  checksMetaAnew: true,
  returnsDeleted: true,
  schema: schemas.VolumeAttributesClass,
  columns: [
    nameColumn,
    { name: 'DriverName', type: 'string', describedBy: 'driverName', cell: (object) => object.driverName ?? '' },
    ageColumn,
  ],
  validate: validateAttributesClass,
  update: { validate: validateAttributesClassUpdate, validatesAlone: true },
})

function* validateAttributesClass({ driverName = '', parameters }: VolumeAttributesClass): FieldErrors {
  yield* validateProvisioner(driverName, FieldPath.of('driverName'))
  yield* validateParameters(parameters, { countMax: 512, isRequired: true }, FieldPath.of('parameters'))
}

function* validateAttributesClassUpdate(next: VolumeAttributesClass, old: VolumeAttributesClass): FieldErrors {
  for (const field of ['driverName', 'parameters'] as const)
    if (!isSameValue(next[field], old[field])) yield forbiddenField(FieldPath.of(field), `updates to ${field} are forbidden.`)
  yield* validateAttributesClass(next)
}
