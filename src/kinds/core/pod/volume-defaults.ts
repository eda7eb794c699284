/** Defaults of a pod's volumes, as upstream's SetDefaults_*VolumeSource. */
import type { PersistentVolumeClaimSpec, Volume, VolumeProjection } from '../types.gen.ts'
import { defaultFieldSelector } from './field-selector-defaults.ts'
import { imagePullPolicyOf } from './image-reference.ts'
import { roundedRequirements } from './resource-list.ts'

/** rw-r--r-- */
const fileModeDefault = 0o644

const tokenSecondsDefault = 3600

export function defaultVolume(volume: Volume): Volume {
  const { configMap, secret, downwardAPI, projected, hostPath, ephemeral, image } = volume
  if (!Object.keys(volume).some((field) => field !== 'name')) return { ...volume, emptyDir: {} }
  if (configMap !== undefined) return { ...volume, configMap: { defaultMode: fileModeDefault, ...configMap } }
  if (secret !== undefined) return { ...volume, secret: { defaultMode: fileModeDefault, ...secret } }
  if (hostPath !== undefined) return { ...volume, hostPath: { type: '', ...hostPath } }
  if (downwardAPI !== undefined) {
    const items = downwardAPI.items?.map(defaultFieldSelector)
    return { ...volume, downwardAPI: { defaultMode: fileModeDefault, ...downwardAPI, ...(items === undefined ? {} : { items }) } }
  }
  if (projected !== undefined) {
    const sources = projected.sources?.map(defaultProjection)
    return { ...volume, projected: { defaultMode: fileModeDefault, ...projected, ...(sources === undefined ? {} : { sources }) } }
  }
  if (ephemeral?.volumeClaimTemplate !== undefined) {
    const template = ephemeral.volumeClaimTemplate
    return { ...volume, ephemeral: { ...ephemeral, volumeClaimTemplate: { ...template, spec: defaultClaimSpec(template.spec) } } }
  }
  if (image !== undefined) return { ...volume, image: { pullPolicy: imagePullPolicyOf(image.reference ?? ''), ...image } }
  return volume
}

export function defaultClaimSpec<S extends PersistentVolumeClaimSpec>(spec: S): S {
  const resources = spec.resources === undefined ? {} : { resources: roundedRequirements(spec.resources) }
  return { volumeMode: 'Filesystem', ...spec, ...resources }
}

function defaultProjection(source: VolumeProjection): VolumeProjection {
  const { serviceAccountToken, downwardAPI } = source
  const items = downwardAPI?.items?.map(defaultFieldSelector)
  return {
    ...source,
    ...(serviceAccountToken === undefined
      ? {}
      : { serviceAccountToken: { expirationSeconds: tokenSecondsDefault, ...serviceAccountToken } }),
    ...(items === undefined ? {} : { downwardAPI: { ...downwardAPI, items } }),
  }
}
