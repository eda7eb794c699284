/** Who serves a class of ingresses never changes (upstream: ValidateIngressClass). */
import { type FieldErrors, FieldPath, forbiddenField, immutable, notSupported, required, tooLong } from '#meta/field-path'
import { isDns1123Label, isDns1123Subdomain, isPathSegmentName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { validateDomainPrefixedPath } from '../domain-prefixed-path.ts'
import type { IngressClass, IngressClassParametersReference } from './types.gen.ts'

const controllerBytesMax = 250
const scopes = ['Cluster', 'Namespace']
const spec = FieldPath.of('spec')

export function* validateIngressClass({ spec: { controller = '', parameters } }: IngressClass): FieldErrors {
  const at = spec.field('controller')
  if (controller.length > controllerBytesMax) yield tooLong(at, controllerBytesMax)
  yield* validateDomainPrefixedPath(controller, at)
  if (parameters !== undefined) yield* validateParameters(parameters, spec.field('parameters'))
}

export function* validateIngressClassUpdate(next: IngressClass, old: IngressClass): FieldErrors {
  yield* immutable(spec.field('controller'), next.spec.controller ?? '', old.spec.controller ?? '')
  yield* validateIngressClass(next)
}

function* validateParameters(
  { apiGroup, kind = '', name = '', namespace, scope }: IngressClassParametersReference,
  at: FieldPath,
): FieldErrors {
  if (apiGroup !== undefined) yield* invalidEach(at.field('apiGroup'), apiGroup, isDns1123Subdomain(apiGroup))
  if (kind === '') yield required(at.field('kind'))
  else yield* invalidEach(at.field('kind'), kind, isPathSegmentName(kind))
  if (name === '') yield required(at.field('name'))
  else yield* invalidEach(at.field('name'), name, isPathSegmentName(name))
  if (scope === undefined) return yield required(at.field('scope'))
  if (!scopes.includes(scope)) yield notSupported(at.field('scope'), scope, scopes)
  const where = at.field('namespace')
  if (scope === 'Cluster' && namespace !== undefined) yield forbiddenField(where, "`parameters.scope` is set to 'Cluster'")
  if (scope !== 'Namespace') return
  if (namespace === undefined) yield required(where, "`parameters.scope` is set to 'Namespace'")
  else yield* invalidEach(where, namespace, isDns1123Label(namespace))
}
