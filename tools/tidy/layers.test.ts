/** The repository checks itself: layers, bans and names. Each message carries the reason. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { test } from 'node:test'
import { bans, browserSafe, drawerNames, kindless, layers } from './layers.ts'
import { sourceFiles } from './source-files.ts'

const root = dirname(dirname(import.meta.dirname))
const files = sourceFiles(root)

test('every import points to the same or an allowed lower layer', () => {
  const wrong = files.flatMap((file) => importsOf(file).flatMap((target) => layerErrors(file, target)))
  assert.deepEqual(wrong, [])
})

test('what also runs in a browser imports no node: module', () => {
  const wrong = files
    .filter((file) => browserSafe.some((folder) => file.startsWith(`src/${folder}/`)) && !file.endsWith('.test.ts'))
    .flatMap((file) =>
      specifiersOf(file)
        .filter((name) => name.startsWith('node:'))
        .map((name) => `${file} imports ${name}: this folder also runs in a browser`),
    )
  assert.deepEqual(wrong, [])
})

test('the generic API server does not know a kind by name', () => {
  const wrong = files
    .filter((file) => kindless.some((folder) => file.startsWith(`src/${folder}/`)) && !file.endsWith('.test.ts'))
    .flatMap((file) =>
      specifiersOf(file)
        .filter((name) => name.startsWith('#kinds'))
        .map((name) => `${file} imports ${name}: built-in kinds and custom resources take the same road`),
    )
  assert.deepEqual(wrong, [])
})

test('nothing that is banned is used', () => {
  const wrong = files.flatMap((file) => {
    const lines = readFileSync(join(root, file), 'utf8').split('\n')
    return bans
      .filter((ban) => !ban.allowedIn.some((place) => place.test(file)))
      .flatMap((ban) => lines.flatMap((line, index) => (ban.pattern.test(line) ? [`${file}:${index + 1}: ${ban.why}`] : [])))
  })
  assert.deepEqual(wrong, [])
})

test('names say what is inside', () => {
  assert.deepEqual(
    files.filter((file) => drawerNames.test(file)),
    [],
  )
})

function layerErrors(file: string, target: string): string[] {
  const from = layerOf(file)
  const to = layerOf(target)
  if (from === undefined || to === undefined || from === to) return []
  const allowed = layers[from]
  if (allowed === undefined) return [`${file}: the folder src/${from} is in no layer; add it to tools/tidy/layers.ts`]
  if (file.endsWith('.test.ts') && to === 'testing') return []
  if (allowed.includes('*') || allowed.includes(to)) return []
  return [`${file} imports ${target}: ${from} may import only ${allowed.join(', ') || 'nothing'}`]
}

function layerOf(file: string): string | undefined {
  return /^src\/([^/]+)\//.exec(file)?.[1]
}

/** Imported files, as paths from the root. */
function importsOf(file: string): string[] {
  return specifiersOf(file).flatMap((name) => {
    if (name.startsWith('#')) return [`src/${name.slice(1)}.ts`]
    if (name.startsWith('.')) return [normalize(relative(root, join(root, dirname(file), name)))]
    return []
  })
}

function specifiersOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '')
}
