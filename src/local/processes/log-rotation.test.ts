import assert from 'node:assert/strict'
import { appendFile, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { rotateIfLarge } from './log-rotation.ts'

test('a large log is copied and emptied under the program that writes it; a small one is left alone', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'navarch-log-'))
  try {
    const path = join(directory, 'server.log')
    await using writer = await open(path, 'a')
    await writer.write('12345')
    await rotateIfLarge(path, 6)
    assert.equal(await readFile(path, 'utf8'), '12345')
    await writer.write('6')
    await rotateIfLarge(path, 6)
    await writer.write('7')
    assert.deepEqual([await readFile(`${path}.1`, 'utf8'), await readFile(path, 'utf8')], ['123456', '7'])
    await writeFile(`${path}.1`, 'older')
    await appendFile(path, '89abc')
    await rotateIfLarge(path, 6)
    assert.equal(await readFile(`${path}.1`, 'utf8'), '789abc', 'the older generation makes room')
    await rotateIfLarge(join(directory, 'not-there.log'), 6)
  } finally {
    await rm(directory, { recursive: true })
  }
})
