import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '../..')

for (const page of ['README.md', 'CONTRIBUTING.md', 'docs/architecture.md', 'docs/decisions/README.md']) {
  test(`${page} names only files that are there`, () => {
    const text = readFileSync(join(root, page), 'utf8')
    const named = [...text.matchAll(/`((?:bin|src|test|tools|bench|docs|examples)\/[\w./-]+)`/g)].map(([, path = '']) => path)
    const linked = [...text.matchAll(/\]\(([\w./-]+)\)/g)].map(([, path = '']) => join(dirname(page), path))
    const missing = [...named, ...linked].filter((path) => !existsSync(join(root, path)))
    assert.deepEqual(missing, [])
  })
}
