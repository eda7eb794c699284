/** What both README commands need of the machine: host packages, and the test images in `.cache/images`. */
import { testImage, testImageNames } from '../images/test-images.ts'
import { ensureHostPackages } from './host-packages.ts'

/** Quick when all is there; says what it does when it is not. */
export async function prepareHost(): Promise<void> {
  ensureHostPackages((line) => console.log(line))
  for (const name of testImageNames) await testImage(name)
}
