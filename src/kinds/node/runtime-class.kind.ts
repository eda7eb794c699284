/** A way to run containers, by name. */
import { type FieldErrors, FieldPath, immutable, required } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { isDns1123Label } from '#meta/names'
import { invalidEach, validateLabels } from '#meta/object-meta-validation'
import { ageColumn, nameColumn } from '#meta/table'
import { validateOverhead } from '../core/pod/resource-validation.ts'
import { validateTolerations } from '../core/pod/toleration-validation.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type RuntimeClass = types.RuntimeClass
export const RuntimeClass: Kind<RuntimeClass> = defineKind({
  apiVersion: 'node.k8s.io/v1',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  scope: 'Cluster',
  checksMetaAnew: true,
  takesBareFinalizers: true,
  createsOnUpdate: true,
  schema: schemas.RuntimeClass,
  columns: [nameColumn, { name: 'Handler', type: 'string', description: '', cell: (object) => object.handler ?? '' }, ageColumn],
  validate: validateRuntimeClass,
  update: {
    validate: (next, old): FieldErrors => immutable(FieldPath.of('handler'), next.handler, old.handler),
  },
})

function* validateRuntimeClass({ handler = '', overhead, scheduling }: RuntimeClass): FieldErrors {
  if (handler === '') yield required(FieldPath.of('handler'))
  else yield* invalidEach(FieldPath.of('handler'), handler, isDns1123Label(handler))
  if (overhead?.podFixed !== undefined) yield* validateOverhead(overhead.podFixed, FieldPath.of('overhead'))
  yield* validateLabels(scheduling?.nodeSelector, FieldPath.of('scheduling', 'nodeSelector'))
  yield* validateTolerations(scheduling?.tolerations ?? [], FieldPath.of('scheduling', 'tolerations'))
}
