/** Paths as a kubeconfig holds them: relative to it where they lie below its directory. */
import { dirname, isAbsolute, relative, resolve } from 'node:path'

/** `path` is relative to the working directory. */
export function pathForFile(path: string, file: string): string {
  if (path === '') return ''
  const inside = relative(dirname(resolve(file)), resolve(path))
  return inside.startsWith('..') || isAbsolute(inside) ? resolve(path) : inside
}
