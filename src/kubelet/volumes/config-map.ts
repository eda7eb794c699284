/** A ConfigMap's keys as files. */
import type { ConfigMap } from '#kinds/core/types.gen'
import { filesOfKeys, type KeyChoice, type ProjectedFile } from './projected-file.ts'

/** `map` is undefined where the object is not there: nothing for an optional one, an error otherwise. */
export function configMapFiles(map: ConfigMap | undefined, name: string, choice: KeyChoice): readonly ProjectedFile[] {
  if (map === undefined && !choice.optional) throw new Error(`configmap ${JSON.stringify(name)} not found`)
  const texts = Object.entries(map?.data ?? {}).map(([key, text]): [string, Buffer] => [key, Buffer.from(text)])
  const binaries = Object.entries<string | null>(map?.binaryData ?? {}).map(([key, base64]): [string, Buffer] => [
    key,
    Buffer.from(base64 ?? '', 'base64'),
  ])
  return filesOfKeys(new Map([...texts, ...binaries]), choice, (key) => new Error(`configmap references non-existent config key: ${key}`))
}
