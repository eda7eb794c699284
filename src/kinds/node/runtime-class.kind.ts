/** A way to run containers, by name. */
import { duplicate, type FieldErrors, FieldPath, immutable, required } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { isDns1123Label } from '#meta/names'
import { invalidEach, validateLabels } from '#meta/object-meta-validation'
import { ageColumn, nameColumn } from '#meta/table'
import { validateOverhead } from '../core/pod/resource-validation.ts'
import { validateTolerations } from '../core/pod/toleration-validation.ts'
import * as core from '../core/schema.gen.ts'
import type { Toleration } from '../core/types.gen.ts'
import { internalForm } from '../shown/internal-form.ts'
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
  updatesUnconditionally: false,
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
  yield* validateUniqueTolerations(scheduling?.tolerations ?? [], FieldPath.of('scheduling', 'tolerations'))
}

function* validateUniqueTolerations(tolerations: readonly Toleration[], at: FieldPath): FieldErrors {
  yield* validateTolerations(tolerations, at)
  const seen = new Set<string>()
  for (const [index, toleration] of tolerations.entries()) {
    const { key = '', operator = '', value = '', effect = '' } = toleration
    const borne = JSON.stringify([key, operator, value, effect])
    if (seen.has(borne)) yield duplicate(at.index(index), internalForm(core.Toleration, toleration))
    seen.add(borne)
  }
}
