/** What `cp` is told: `[[namespace/]pod:]path`. */
import { CommandError } from '../errors.ts'

export type FileSpec =
  | { readonly type: 'local'; readonly path: string }
  | { readonly type: 'remote'; readonly namespace: string | undefined; readonly pod: string; readonly path: string }

const formatMessage = 'filespec must match the canonical format: [[namespace/]pod:]file/path'

export function parseFileSpec(text: string): FileSpec {
  const colon = text.indexOf(':')
  if (colon < 0) return { type: 'local', path: text }
  const [place, path] = [text.slice(0, colon), text.slice(colon + 1)]
  const parts = place.split('/')
  const [first = '', second] = parts
  if (parts.length > 2 || parts.includes('')) throw new CommandError(formatMessage)
  return second === undefined
    ? { type: 'remote', namespace: undefined, pod: first, path }
    : { type: 'remote', namespace: first, pod: second, path }
}
