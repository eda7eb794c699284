/** Who holds something, and until when: heartbeats and leader election. */
import { type FieldErrors, FieldPath } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import { validateNotNegative, validatePositive } from '../number-validation.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type Lease = types.Lease
export const Lease: Kind<Lease> = defineKind({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  plural: 'leases',
  scope: 'Namespaced',
  createsOnUpdate: true,
  takesBareFinalizers: true,
  updatesUnconditionally: false,
  schema: schemas.Lease,
  columns: [
    nameColumn,
    { name: 'Holder', type: 'string', describedBy: 'spec.holderIdentity', cell: (lease) => lease.spec?.holderIdentity ?? '' },
    ageColumn,
  ],
  // Strategies of coordinated leader election are behind a feature gate that is off.
  prepareCreate: withoutStrategy,
  update: { prepare: withoutStrategy },
  validate: validateLease,
})

function withoutStrategy(lease: Lease): Lease {
  if (lease.spec === undefined) return lease
  const { strategy: _strategy, preferredHolder: _preferredHolder, ...spec } = lease.spec
  return { ...lease, spec }
}

function* validateLease(lease: Lease): FieldErrors {
  const at = FieldPath.of('spec')
  const { spec = {} } = lease
  yield* validatePositive(spec.leaseDurationSeconds, at.field('leaseDurationSeconds'))
  yield* validateNotNegative(spec.leaseTransitions, at.field('leaseTransitions'))
}
