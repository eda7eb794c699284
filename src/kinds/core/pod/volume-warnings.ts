/** Volumes that do nothing any more, and files of a volume that stand in each other's way. */
import type { FieldPath } from '#meta/field-path'
import { claimSizeWarnings } from '../claim-warnings.ts'
import type { Volume, VolumeProjection } from '../types.gen.ts'

export function volumesWarnings(volumes: readonly Volume[], at: FieldPath): readonly string[] {
  const ofSources = volumes.flatMap((volume, index) => [
    ...sourceWarnings(volume, at.index(index)),
    ...claimSizeWarnings(
      volume.ephemeral?.volumeClaimTemplate?.spec,
      at.index(index).field('ephemeral').field('volumeClaimTemplate').field('spec'),
    ),
  ])
  return [...ofSources, ...volumes.flatMap(pathWarnings)]
}

const deprecatedSources: readonly (readonly [field: keyof Omit<Volume, 'name'>, note: string])[] = [
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
]

/** Of the source of a volume, a persistent one too. */
export function sourceWarnings(volume: Omit<Volume, 'name'>, at: FieldPath): readonly string[] {
  return deprecatedSources.flatMap(([field, note]) => {
    // As upstream, which spells this one field its own way.
    const shown = field === 'storageos' ? 'storageOS' : field
    return volume[field] === undefined ? [] : [`${at.field(shown)}: ${note}`]
  })
}

/** `from` is empty in volumes of one source. */
type File = { readonly path: string; readonly from: string }

function pathWarnings({ name, configMap, secret, downwardAPI, projected }: Volume): readonly string[] {
  const title = `volume ${JSON.stringify(name)}`
  const own = (files: readonly { readonly path: string }[] = []) => files.map(({ path }) => ({ path, from: '' }))
  if (configMap !== undefined) return overlaps(`${title} (ConfigMap ${JSON.stringify(configMap.name ?? '')})`, own(configMap.items))
  if (secret !== undefined) return overlaps(`${title} (Secret ${JSON.stringify(secret.secretName ?? '')})`, own(secret.items))
  if (downwardAPI !== undefined) return overlaps(`${title} (DownwardAPI)`, own(downwardAPI.items))
  const sources = projected?.sources ?? []
  const empty = sources.filter((source) => Object.keys(source).length === 0).map(() => `${title} (Projected) has no sources provided`)
  return [...empty, ...overlaps(`${title} (Projected)`, sources.flatMap(filesOf))]
}

function filesOf({ configMap, secret, downwardAPI, serviceAccountToken }: VolumeProjection): readonly File[] {
  const from = (files: readonly { readonly path: string }[] | undefined, text: string) =>
    (files ?? []).map(({ path }) => ({ path, from: ` (${text})` }))
  return [
    ...from(secret?.items, `Secret ${JSON.stringify(secret?.name ?? '')}`),
    ...from(configMap?.items, `ConfigMap ${JSON.stringify(configMap?.name ?? '')}`),
    ...from(downwardAPI?.items, 'DownwardAPI'),
    ...from(serviceAccountToken === undefined ? [] : [serviceAccountToken], 'ServiceAccountToken'),
  ]
}

function overlaps(title: string, files: readonly File[]): readonly string[] {
  const known = new Map<string, File>()
  return files.flatMap(({ path, from }) => {
    const found = [...known.values()].filter((other) => isInside(path, other.path) || isInside(other.path, path))
    if (!known.has(path)) known.set(path, { path, from })
    return found.map(
      (other) => `${title}: overlapping paths: ${JSON.stringify(path)}${from} with ${JSON.stringify(other.path)}${other.from}`,
    )
  })
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}
