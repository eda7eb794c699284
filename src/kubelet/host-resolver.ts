/** The node's own resolver settings, which pods with `dnsPolicy: Default` get. */
import { readFile } from 'node:fs/promises'
import type { DnsFacts } from './runtime/sandbox-config.ts'

/** Empty where there is no such file. */
export async function readResolverConfig(path: string): Promise<DnsFacts['host']> {
  const text = path === '' ? '' : await readFile(path, 'utf8').catch(() => '')
  const wordsAfter = (keyword: string) =>
    [...text.matchAll(new RegExp(`^${keyword}\\s+(.+)$`, 'gm'))].flatMap(([, rest = '']) => rest.trim().split(/\s+/))
  return { servers: wordsAfter('nameserver'), searches: wordsAfter('search'), options: wordsAfter('options') }
}
