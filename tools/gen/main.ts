/** `npm run gen`: writes the types and schemas of every API group below `src`. */
import { mkdir, writeFile } from 'node:fs/promises'
import { generate } from './generate.ts'

const source = new URL('../../src/', import.meta.url)

for (const [file, text] of await generate()) {
  const target = new URL(file, source)
  await mkdir(new URL('.', target), { recursive: true })
  await writeFile(target, text)
}
