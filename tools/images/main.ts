/** Makes all test images and prints the paths of their archives: node tools/images/main.ts */
import { testImage, testImageNames } from './test-images.ts'

for (const name of testImageNames) console.log(await testImage(name))
