/** Annotations of pods, and of templates of pods, that mean something (upstream: ValidatePodSpecificAnnotations). */
import { type FieldErrors, type FieldPath, forbiddenField, invalid } from '#meta/field-path'
import type { ObjectMeta } from '#meta/types.gen'
import type { Pod, PodSpec } from '../types.gen.ts'
import { appArmorPrefix, profileOfAnnotation } from './app-armor.ts'

const mirrorAnnotation = 'kubernetes.io/config.mirror'
const seccompPodAnnotation = 'seccomp.security.alpha.kubernetes.io/pod'
const seccompPrefix = 'container.seccomp.security.alpha.kubernetes.io/'

export function* validatePodAnnotations({ annotations = {} }: ObjectMeta, spec: PodSpec, at: FieldPath): FieldErrors {
  const mirror = annotations[mirrorAnnotation]
  if (mirror !== undefined && !spec.nodeName)
    yield invalid(at.key(mirrorAnnotation), mirror, 'must set spec.nodeName if mirror pod annotation is set')
  for (const [key, value] of Object.entries(annotations)) {
    const isSeccomp = key === seccompPodAnnotation || key.startsWith(seccompPrefix)
    if (isSeccomp && !isSeccompProfile(value)) yield invalid(at.field(key), value, 'must be a valid seccomp profile')
  }
  yield* validateAppArmorAnnotations(annotations, spec, at)
}

function isSeccompProfile(value: string): boolean {
  if (['runtime/default', 'docker/default', 'unconfined'].includes(value)) return true
  const path = value.startsWith('localhost/') ? value.slice('localhost/'.length) : undefined
  return path !== undefined && !path.startsWith('/') && !path.split('/').includes('..')
}

function* validateAppArmorAnnotations(annotations: Readonly<Record<string, string>>, spec: PodSpec, at: FieldPath): FieldErrors {
  const names = new Set(
    [...(spec.containers ?? []), ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])].map((container) => container.name),
  )
  for (const [key, value] of Object.entries(annotations)) {
    if (!key.startsWith(appArmorPrefix)) continue
    const name = key.slice(appArmorPrefix.length)
    if (!names.has(name)) yield invalid(at.key(key), name, 'container not found')
    if (value !== '' && profileOfAnnotation(value) === undefined)
      yield invalid(at.key(key), value, `invalid AppArmor profile name: ${JSON.stringify(value)}`)
  }
}

/** Of a new pod: an annotation and a field that both speak say the same. */
export function* validateSameAppArmor({ metadata: { annotations = {} }, spec }: Pod, at: FieldPath): FieldErrors {
  for (const field of ['initContainers', 'containers'] as const) {
    for (const [index, { name, securityContext }] of (spec[field] ?? []).entries()) {
      const own = securityContext?.appArmorProfile
      const annotated = profileOfAnnotation(annotations[appArmorPrefix + name] ?? '')
      if (own === undefined || annotated === undefined) continue
      const here = at.field(field).index(index).field('securityContext').field('appArmorProfile')
      if (own.type !== annotated.type) yield forbiddenField(here.field('type'), 'apparmor type in annotation and field must match')
      else if (own.localhostProfile !== annotated.localhostProfile)
        yield forbiddenField(here.field('localhostProfile'), 'apparmor profile in annotation and field must match')
    }
  }
}
