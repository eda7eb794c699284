/** A Secret's keys as files. */
import type { Secret } from '#kinds/core/types.gen'
import { filesOfKeys, type KeyChoice, type ProjectedFile } from './projected-file.ts'

/** `secret` is undefined where the object is not there: nothing for an optional one, an error otherwise. */
export function secretFiles(secret: Secret | undefined, name: string, choice: KeyChoice): readonly ProjectedFile[] {
  if (secret === undefined && !choice.optional) throw new Error(`secret ${JSON.stringify(name)} not found`)
  const data = Object.entries<string | null>(secret?.data ?? {}).map(([key, base64]): [string, Buffer] => [
    key,
    Buffer.from(base64 ?? '', 'base64'),
  ])
  return filesOfKeys(new Map(data), choice, (key) => new Error(`references non-existent secret key: ${key}`))
}
