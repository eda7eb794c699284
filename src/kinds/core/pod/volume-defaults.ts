/** Defaults of a pod's volumes, as upstream's SetDefaults_*VolumeSource. */
import type { PersistentVolumeClaimSpec, ProjectedVolumeSource, Volume, VolumeProjection } from '../types.gen.ts'
import { defaultFieldSelector } from './field-selector-defaults.ts'
import { imagePullPolicyOf } from './image-reference.ts'
import { roundedRequirements } from './resource-list.ts'

/** rw-r--r-- */
const fileModeDefault = 0o644

const tokenSecondsDefault = 3600

export function defaultVolume(volume: Volume): Volume {
  const { configMap, secret, downwardAPI, projected, hostPath, ephemeral, image } = volume
  if (!Object.keys(volume).some((field) => field !== 'name')) return { ...volume, emptyDir: {} }
  return {
    ...volume,
    ...(configMap === undefined ? {} : { configMap: { defaultMode: fileModeDefault, ...configMap } }),
    ...(secret === undefined ? {} : { secret: { defaultMode: fileModeDefault, ...secret } }),
    ...(hostPath === undefined ? {} : { hostPath: { type: '', ...hostPath } }),
    ...(downwardAPI === undefined
      ? {}
      : { downwardAPI: { defaultMode: fileModeDefault, ...downwardAPI, ...itemsOf(downwardAPI.items, defaultFieldSelector) } }),
    ...(projected === undefined ? {} : { projected: { defaultMode: fileModeDefault, ...projected, ...sourcesOf(projected) } }),
    ...(ephemeral?.volumeClaimTemplate === undefined
      ? {}
      : {
          ephemeral: {
            ...ephemeral,
            volumeClaimTemplate: { ...ephemeral.volumeClaimTemplate, spec: defaultClaimSpec(ephemeral.volumeClaimTemplate.spec) },
          },
        }),
    ...(image === undefined ? {} : { image: { pullPolicy: imagePullPolicyOf(image.reference ?? ''), ...image } }),
  }
}

function itemsOf<T>(items: readonly T[] | undefined, complete: (item: T) => T): { readonly items?: readonly T[] } {
  return items === undefined ? {} : { items: items.map(complete) }
}

function sourcesOf({ sources }: ProjectedVolumeSource): { readonly sources?: readonly VolumeProjection[] } {
  return sources === undefined ? {} : { sources: sources.map(defaultProjection) }
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
