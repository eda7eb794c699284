/** The hand-written source files of the repository. */
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'

const folders = ['bin', 'src', 'test', 'bench', 'tools']

/** Paths from the root, sorted; generated files are left out. */
export function sourceFiles(root: string): readonly string[] {
  return folders
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.(ts|tsx|mjs)$/.test(entry.name) && !entry.name.includes('.gen.'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort()
}
