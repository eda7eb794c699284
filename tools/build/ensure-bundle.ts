/** A fresh bundle for programs that are about to run the program: see `bin/fresh-build.mjs`. */
import { freshBuild } from '../../bin/fresh-build.mjs'

/** Without one all works the same, from the sources, only slower. Resolves with which of the two it is. */
export async function ensureBundle(): Promise<'bundle' | 'sources'> {
  if (freshBuild() !== undefined) return 'bundle'
  try {
    const { bundle } = await import('./bundle.ts')
    await bundle()
    return 'bundle'
  } catch (error) {
    console.error('navarch: it runs from its sources, as the bundle failed:', error)
    return 'sources'
  }
}
