/** From the client package and the overlay to the text of every generated file. */
import { join, type Package } from './definitions.ts'
import { type Content, fileOf } from './imports.ts'
import { readModels } from './models.ts'
import { readOverlay } from './overlay.ts'
import { schemaFile } from './schema-file.ts'
import { typesFile } from './types-file.ts'

const overlayFolder = new URL('./overlay/', import.meta.url)

/** Path below `src` -> content. */
export async function generate(): Promise<ReadonlyMap<string, string>> {
  const packages = join(readOverlay(overlayFolder), await readModels())
  const files = new Map<string, string>()
  for (const [file, sources] of byFile(packages, 'types')) files.set(file, typesFile(sources))
  for (const [file, sources] of byFile(packages, 'schema')) files.set(file, schemaFile(sources))
  return files
}

function byFile(packages: readonly Package[], content: Content): ReadonlyMap<string, readonly Package[]> {
  return Map.groupBy(packages, (source) => fileOf(source, content))
}
