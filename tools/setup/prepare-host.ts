/** What both README commands need: the program as a bundle, host packages, and the test images in `.cache/images`. */
import { freshBuild } from '../../bin/fresh-build.mjs'
import { testImage, testImageNames } from '../images/test-images.ts'
import { ensureHostPackages } from './host-packages.ts'

/** Quick when all is there; says what it does when it is not. */
export async function prepareHost(): Promise<void> {
  if (freshBuild() === undefined) await bundleIfPossible()
  ensureHostPackages((line) => console.log(line))
  for (const name of testImageNames) await testImage(name)
}

/** Without a bundle all works the same, from the sources, only slower. */
async function bundleIfPossible(): Promise<void> {
  try {
    const { bundle } = await import('../build/bundle.ts')
    await bundle()
  } catch (error) {
    console.error('navarch: it runs from its sources, as the bundle failed:', error)
  }
}
