/** AppArmor profiles were annotations once; a new pod that has them gets the fields of today too (upstream: applyAppArmorVersionSkew). */
import type { AppArmorProfile, Container, Pod, PodSpec } from '../types.gen.ts'

export const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/'

/** Undefined for what names no profile. */
export function profileOfAnnotation(text: string): AppArmorProfile | undefined {
  if (text === 'unconfined') return { type: 'Unconfined' }
  if (text === 'runtime/default') return { type: 'RuntimeDefault' }
  if (!text.startsWith('localhost/')) return undefined
  return { type: 'Localhost', localhostProfile: text.slice('localhost/'.length) }
}

export function withAppArmorFields({ spec, metadata: { annotations = {} } }: Pod): PodSpec {
  if (spec.os?.name === 'windows' || !Object.keys(annotations).some((key) => key.startsWith(appArmorPrefix))) return spec
  const ofPod = spec.securityContext?.appArmorProfile
  const complete = (container: Container): Container => {
    const profile = profileOfAnnotation(annotations[appArmorPrefix + container.name] ?? '')
    if (profile === undefined || container.securityContext?.appArmorProfile !== undefined) return container
    if (profile.type === ofPod?.type && profile.localhostProfile === ofPod.localhostProfile) return container
    return { ...container, securityContext: { ...container.securityContext, appArmorProfile: profile } }
  }
  return {
    ...spec,
    containers: (spec.containers ?? []).map(complete),
    ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(complete) }),
  }
}
