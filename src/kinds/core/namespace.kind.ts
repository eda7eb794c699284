/** A scope for names, and for the objects that are deleted together with it. */
import { type FieldErrors, FieldPath, invalid } from '#meta/field-path'
import { defineKind, type Kind, type RequestFacts } from '#meta/kind'
import { isDns1123Label } from '#meta/names'
import { withMeta } from '#meta/object'
import { validateFinalizerName, validateStandardFinalizer } from '#meta/object-meta-validation'
import { ageColumn, nameColumn } from '#meta/table'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type Namespace = types.Namespace
export const Namespace: Kind<Namespace> = defineKind({
  apiVersion: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  shortNames: ['ns'],
  scope: 'Cluster',
  checksMetaAnew: true,
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  schema: schemas.Namespace,
  columns: [
    nameColumn,
    {
      name: 'Status',
      type: 'string',
      description: 'The status of the namespace',
      cell: (namespace) => namespace.status.phase ?? '',
    },
    ageColumn,
  ],
  validateName: isDns1123Label,
  defaults: (namespace) => withNameLabel({ ...namespace, status: { phase: 'Active', ...namespace.status } }),
  prepareCreate,
  validate: validateFinalizers,
  update: { prepare: prepareUpdate },
  status: { prepare: (next, old) => ({ ...next, spec: old.spec }), validate: validateStatusUpdate },
  subresources: [
    { name: 'finalize', kind: 'Namespace', verbs: ['update'] },
    { name: 'status', kind: 'Namespace', verbs: ['get', 'patch', 'update'] },
  ],
  selectableFields: { 'status.phase': (namespace) => namespace.status.phase ?? '', name: (namespace) => namespace.metadata.name ?? '' },
})

/** The finalizer of the namespace controller: its content goes first. */
const namespaceFinalizer = 'kubernetes'

const nameLabel = 'kubernetes.io/metadata.name'

/** Every namespace can be selected by its name. */
function withNameLabel(namespace: Namespace): Namespace {
  const { name, labels } = namespace.metadata
  if (name === undefined || name === '' || labels?.[nameLabel] === name) return namespace
  return withMeta(namespace, { labels: { ...labels, [nameLabel]: name } })
}

function prepareCreate(namespace: Namespace): Namespace {
  const finalizers = namespace.spec.finalizers ?? []
  const all = finalizers.includes(namespaceFinalizer) ? finalizers : [...finalizers, namespaceFinalizer]
  return withNameLabel({ ...namespace, spec: { ...namespace.spec, finalizers: all }, status: { phase: 'Active' } })
}

/** Finalizers of the spec change through `finalize` only. */
function prepareUpdate(next: Namespace, old: Namespace, facts: RequestFacts): Namespace {
  if (facts.subresource === 'finalize') return { ...next, status: old.status }
  return { ...next, spec: { ...next.spec, finalizers: old.spec.finalizers }, status: old.status }
}

function* validateFinalizers(namespace: Namespace): FieldErrors {
  const at = FieldPath.of('spec', 'finalizers')
  for (const finalizer of namespace.spec.finalizers ?? []) {
    yield* validateFinalizerName(finalizer, at)
    yield* validateStandardFinalizer(finalizer, at)
  }
}

function* validateStatusUpdate(next: Namespace): FieldErrors {
  const phase = next.status.phase ?? ''
  const isBeingDeleted = next.metadata.deletionTimestamp !== undefined
  const at = FieldPath.of('status', 'Phase')
  if (!isBeingDeleted && phase !== 'Active') yield invalid(at, phase, "may only be 'Active' if `deletionTimestamp` is empty")
  if (isBeingDeleted && phase !== 'Terminating') yield invalid(at, phase, "may only be 'Terminating' if `deletionTimestamp` is not empty")
}
