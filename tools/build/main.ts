/** `npm run build`: the program as one bundle in dist/, for `bin/navarch.mjs` to run in place of the sources. */
import { bundle } from './bundle.ts'

await bundle()
