/**
 * The volumes whose files come from the API: configMap, secret, downwardAPI, projected. Each of the first three is a
 * projected volume with one source.
 */
import type { Volume, VolumeProjection } from '#kinds/core/types.gen'

export type FileVolumeSpec = {
  /** Upstream's name for the directory that holds such volumes. */
  readonly directoryName: string
  /** Kept in memory: never written to a disk. */
  readonly isInMemory: boolean
  readonly sources: readonly VolumeProjection[]
  readonly defaultMode: number
}

const modeDefault = 0o644

/** Undefined where the volume is of another sort. */
export function fileVolumeSpecOf({ configMap, secret, downwardAPI, projected }: Volume): FileVolumeSpec | undefined {
  if (configMap !== undefined) {
    const { defaultMode = modeDefault, ...source } = configMap
    return { directoryName: 'kubernetes.io~configmap', isInMemory: false, sources: [{ configMap: source }], defaultMode }
  }
  if (secret !== undefined) {
    const { defaultMode = modeDefault, secretName = '', ...source } = secret
    return { directoryName: 'kubernetes.io~secret', isInMemory: true, sources: [{ secret: { ...source, name: secretName } }], defaultMode }
  }
  if (downwardAPI !== undefined) {
    const { defaultMode = modeDefault, ...source } = downwardAPI
    return { directoryName: 'kubernetes.io~downward-api', isInMemory: true, sources: [{ downwardAPI: source }], defaultMode }
  }
  if (projected === undefined) return undefined
  return {
    directoryName: 'kubernetes.io~projected',
    isInMemory: true,
    sources: projected.sources ?? [],
    defaultMode: projected.defaultMode ?? modeDefault,
  }
}
