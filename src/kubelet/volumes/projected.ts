/** All files of a projected volume, from each of its sources. */
import type { Pod, VolumeProjection } from '#kinds/core/types.gen'
import type { Reference } from '../references/object-watcher.ts'
import type { ReferenceReader } from '../runtime/environment.ts'
import { configMapFiles } from './config-map.ts'
import { type DownwardFacts, downwardApiFiles } from './downward-api.ts'
import type { FileVolumeSpec } from './file-volume-spec.ts'
import { ownershipOf } from './ownership.ts'
import type { ProjectedFile } from './projected-file.ts'
import { secretFiles } from './secret.ts'
import type { VolumeTokens } from './service-account-token.ts'

export type ProjectionDeps = { readonly references: ReferenceReader; readonly tokens: VolumeTokens; readonly facts: DownwardFacts }

/** Rejects with what is missing. Of two sources with the same path the later one counts. */
export async function projectedFiles(
  pod: Pod,
  spec: FileVolumeSpec,
  deps: ProjectionDeps,
  signal: AbortSignal,
): Promise<readonly ProjectedFile[]> {
  const lists = await Promise.all(spec.sources.map((source) => filesOfSource(pod, source, spec.defaultMode, deps, signal)))
  return [...new Map(lists.flat().map((file) => [file.path, file])).values()]
}

/** The objects that the volume follows. */
export function referencesOf(pod: Pod, { sources }: FileVolumeSpec): readonly Reference[] {
  const namespace = pod.metadata.namespace ?? ''
  return sources.flatMap(({ configMap, secret }): readonly Reference[] => [
    ...(configMap === undefined ? [] : [{ kind: 'ConfigMap' as const, namespace, name: configMap.name ?? '' }]),
    ...(secret === undefined ? [] : [{ kind: 'Secret' as const, namespace, name: secret.name ?? '' }]),
  ])
}

async function filesOfSource(
  pod: Pod,
  source: VolumeProjection,
  defaultMode: number,
  { references, tokens, facts }: ProjectionDeps,
  signal: AbortSignal,
): Promise<readonly ProjectedFile[]> {
  const namespace = pod.metadata.namespace ?? ''
  const { configMap, secret, downwardAPI, serviceAccountToken } = source
  if (configMap !== undefined) {
    const { name = '' } = configMap
    return configMapFiles(await references.configMap(namespace, name), name, { ...configMap, defaultMode })
  }
  if (secret !== undefined) {
    const { name = '' } = secret
    return secretFiles(await references.secret(namespace, name), name, { ...secret, defaultMode })
  }
  if (downwardAPI !== undefined) return downwardApiFiles(pod, downwardAPI.items ?? [], defaultMode, facts)
  if (serviceAccountToken !== undefined) {
    const { fsGroup, commonUid } = ownershipOf(pod)
    // As upstream: where it is known who reads the token, nobody else may.
    const mode = fsGroup === undefined && commonUid === undefined ? defaultMode : 0o600
    const bytes = Buffer.from(await tokens.tokenOf(pod, serviceAccountToken, signal))
    return [{ path: serviceAccountToken.path, bytes, mode, ...(commonUid === undefined ? {} : { uid: commonUid }) }]
  }
  throw new Error(`projected volume source ${Object.keys(source).join(', ')} is not supported by this node`)
}
