/** Environment variables and their sources (upstream: ValidateEnv, ValidateEnvFrom). */
import { type FieldErrors, type FieldPath, invalid, notFoundValue, required } from '#meta/field-path'
import { isConfigMapKey, isDns1123Label, isDns1123Subdomain, isEnvVarName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import type { EnvFromSource, EnvVar, FileKeySelector, PodSpec } from '../types.gen.ts'
import { envFields, validateFieldRef, validateResourceRef } from './field-reference-validation.ts'
import { validateNoBacksteps } from './path-validation.ts'

export function* validateEnv(variables: readonly EnvVar[], at: FieldPath): FieldErrors {
  for (const [index, variable] of variables.entries()) {
    const here = at.index(index)
    if (!variable.name) yield required(here.field('name'))
    else yield* invalidEach(here.field('name'), variable.name, isEnvVarName(variable.name))
    if (variable.valueFrom !== undefined) yield* validateValueFrom(variable, variable.valueFrom, here.field('valueFrom'))
  }
}

export function* validateEnvFrom(sources: readonly EnvFromSource[], at: FieldPath): FieldErrors {
  for (const [index, { prefix = '', configMapRef, secretRef }] of sources.entries()) {
    const here = at.index(index)
    if (prefix !== '') yield* invalidEach(here.field('prefix'), prefix, isEnvVarName(prefix))
    for (const [field, source] of Object.entries({ configMapRef, secretRef })) {
      if (source === undefined) continue
      if (!source.name) yield required(here.field(field).field('name'))
      else yield* invalidEach(here.field(field).field('name'), source.name, isDns1123Subdomain(source.name))
    }
    // As upstream: these two stand at the list, not at its entry.
    if (configMapRef === undefined && secretRef === undefined) yield invalid(at, '', 'must specify one of: `configMapRef` or `secretRef`')
    else if (configMapRef !== undefined && secretRef !== undefined)
      yield invalid(at, '', 'may not have more than one field specified at a time')
  }
}

function* validateValueFrom({ value = '' }: EnvVar, source: NonNullable<EnvVar['valueFrom']>, at: FieldPath): FieldErrors {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = source
  if (fieldRef !== undefined) yield* validateFieldRef(fieldRef, envFields, at.field('fieldRef'))
  if (resourceFieldRef !== undefined) yield* validateResourceRef(resourceFieldRef, false, at.field('resourceFieldRef'))
  for (const [field, reference] of Object.entries({ configMapKeyRef, secretKeyRef })) {
    if (reference !== undefined) yield* validateKeyRef(reference, at.field(field))
  }
  if (fileKeyRef !== undefined) yield* validateFileKeyRef(fileKeyRef, at.field('fileKeyRef'))
  const given = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef].filter((one) => one !== undefined)
  if (given.length === 0) {
    yield invalid(at, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`')
  } else if (value !== '') yield invalid(at, '', 'may not be specified when `value` is not empty')
  else if (given.length > 1) yield invalid(at, '', 'may not have more than one field specified at a time')
}

function* validateKeyRef({ name = '', key = '' }: { readonly name?: string; readonly key?: string }, at: FieldPath): FieldErrors {
  yield* invalidEach(at.field('name'), name, isDns1123Subdomain(name))
  if (key === '') yield required(at.field('key'))
  else yield* invalidEach(at.field('key'), key, isConfigMapKey(key))
}

function* validateFileKeyRef({ key = '', volumeName = '', path = '' }: FileKeySelector, at: FieldPath): FieldErrors {
  if (key === '') yield required(at.field('key'))
  else yield* invalidEach(at.field('key'), key, isEnvVarName(key))
  if (volumeName === '') yield required(at.field('volumeName'))
  else yield* invalidEach(at.field('volumeName'), volumeName, isDns1123Label(volumeName))
  if (path === '') yield required(at.field('path'))
  else yield* validateNoBacksteps(path, at.field('path'))
}

/** Files that variables come from stand in volumes of the pod. */
export function* validateFileVolumes(spec: PodSpec, at: FieldPath): FieldErrors {
  const known = new Set((spec.volumes ?? []).map((volume) => volume.name))
  for (const field of ['initContainers', 'containers', 'ephemeralContainers'] as const) {
    for (const [index, { env = [] }] of (spec[field] ?? []).entries()) {
      for (const [position, { valueFrom }] of env.entries()) {
        const reference = valueFrom?.fileKeyRef
        if (reference === undefined || known.has(reference.volumeName ?? '')) continue
        const here = at.field(field).index(index).field('env').index(position).field('valueFrom').field('fileKeyRef')
        yield notFoundValue(here.field('volumeName'), reference.volumeName ?? '')
      }
    }
  }
}
