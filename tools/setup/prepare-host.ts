/** What both README commands need: the program as a bundle, host packages, and the test images in `.cache/images`. */
import { ensureBundle } from '../build/ensure-bundle.ts'
import { testImage, testImageNames } from '../images/test-images.ts'
import { ensureHostPackages, furtherPrograms } from './host-packages.ts'

/** Quick when all is there; says what it does when it is not. `upArguments` are those of the cluster that is to be started. */
export async function prepareHost(upArguments: readonly string[] = []): Promise<void> {
  await ensureBundle()
  ensureHostPackages((line) => console.log(line), furtherPrograms(upArguments))
  for (const name of testImageNames) await testImage(name)
}
