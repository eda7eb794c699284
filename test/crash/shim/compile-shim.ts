/** Compiles the shim with the machine's C compiler, into a directory of the run. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** Compiles; gives the file to preload. */
export function compileShim(directory: string): string {
  const file = join(directory, 'shim.so')
  const source = join(import.meta.dirname, 'shim.c')
  const { status, stderr, error } = spawnSync('cc', ['-O2', '-shared', '-fPIC', '-o', file, source, '-ldl'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`the shim does not compile: ${stderr || error?.message}`)
  return file
}
