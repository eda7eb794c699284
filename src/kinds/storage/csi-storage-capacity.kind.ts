/** How much a driver can still make, and where. */
import { type FieldErrors, FieldPath, immutable, invalid } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { isDns1123Subdomain } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { tryParseQuantity } from '#meta/quantity'
import { createdAtColumn, nameColumn } from '#meta/table'
import { labelSelectorWarnings } from '../core/pod/node-label-warnings.ts'
import { validateLabelSelector } from '../label-selector-validation.ts'
import { notNegativeMessage } from '../number-validation.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type CSIStorageCapacity = types.CSIStorageCapacity
export const CSIStorageCapacity: Kind<CSIStorageCapacity> = defineKind({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'CSIStorageCapacity',
  plural: 'csistoragecapacities',
  scope: 'Namespaced',
  checksMetaAnew: true,
  updatesUnconditionally: false,
  schema: schemas.CSIStorageCapacity,
  columns: [nameColumn, createdAtColumn],
  validate: validateCapacity,
  warnings: ({ nodeTopology = {} }) => labelSelectorWarnings(nodeTopology, FieldPath.of('nodeTopology')),
  update: {
    *validate(next, old) {
      for (const field of ['nodeTopology', 'storageClassName'] as const) yield* immutable(FieldPath.of(field), next[field], old[field])
    },
  },
})

function* validateCapacity({ nodeTopology, storageClassName = '', capacity }: CSIStorageCapacity): FieldErrors {
  yield* validateLabelSelector(nodeTopology, FieldPath.of('nodeTopology'))
  yield* invalidEach(FieldPath.of('storageClassName'), storageClassName, isDns1123Subdomain(storageClassName))
  if (capacity !== undefined && (tryParseQuantity(capacity)?.nano ?? 0n) < 0n)
    yield invalid(FieldPath.of('capacity'), capacity, notNegativeMessage)
}
