/** A state that a controller can return to. */
import { type FieldErrors, FieldPath, immutable, required } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { controllerOf } from '#meta/object'
import { isJsonObject } from '#meta/schema/go-type'
import { ageColumn, nameColumn } from '#meta/table'
import { validateNotNegative } from '../number-validation.ts'
import { isSameValue } from '../same-value.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type ControllerRevision = types.ControllerRevision
export const ControllerRevision: Kind<ControllerRevision> = defineKind({
  apiVersion: 'apps/v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  scope: 'Namespaced',
  checksMetaAnew: true,
  schema: schemas.ControllerRevision,
  columns: [
    nameColumn,
    { name: 'Controller', type: 'string', description: 'Controller of the object', cell: controllerTextOf },
    { name: 'Revision', type: 'string', describedBy: 'revision', cell: (revision) => revision.revision ?? 0 },
    ageColumn,
  ],
  validate: ({ revision }) => validateNotNegative(revision, FieldPath.of('revision')),
  validateCreate: validateData,
  update: { validate: validateRevisionUpdate },
})

function controllerTextOf(revision: ControllerRevision): string {
  const controller = controllerOf(revision)
  if (controller === undefined) return '<none>'
  const group = controller.apiVersion.includes('/') ? `.${controller.apiVersion.split('/')[0]}` : ''
  return `${controller.kind.toLowerCase()}${group}/${controller.name}`
}

function* validateData(revision: ControllerRevision): FieldErrors {
  if (revision.data === undefined) yield required(FieldPath.of('data'), 'data is mandatory')
  else if (!isJsonObject(revision.data)) yield required(FieldPath.of('data'), 'data must be a valid JSON object')
}

function* validateRevisionUpdate(next: ControllerRevision, old: ControllerRevision): FieldErrors {
  if (!isSameValue(next.data, old.data)) yield* immutable(FieldPath.of('data'), next.data, old.data)
}
