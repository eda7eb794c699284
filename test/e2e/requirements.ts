/** What an end-to-end test needs of the machine; a test that lacks something is skipped with the reason. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Every test with a node of its own needs root; `programs` are looked for in PATH. False where nothing is missing. */
export function missingForNode(...programs: readonly string[]): string | false {
  return process.getuid?.() === 0 ? missingPrograms(...programs) : 'a node needs root'
}

/** A name with a slash is a path of its own. */
export function missingPrograms(...programs: readonly string[]): string | false {
  const directories = (process.env['PATH'] ?? '').split(delimiter)
  const isThere = (name: string) =>
    name.includes('/') ? existsSync(name) : directories.some((directory) => existsSync(join(directory, name)))
  const missing = programs.filter((name) => !isThere(name))
  return missing.length === 0 ? false : `not on this machine: ${missing.join(', ')}`
}
