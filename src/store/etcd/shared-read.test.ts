import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SharedRead } from './shared-read.ts'

test('those who ask at once share one read; those who ask while it runs share the next', async () => {
  const answers: PromiseWithResolvers<number>[] = []
  const shared = new SharedRead(() => {
    const answer = Promise.withResolvers<number>()
    answers.push(answer)
    return answer.promise
  })
  const first = [shared.get(), shared.get()]
  await new Promise(setImmediate)
  assert.equal(answers.length, 1)
  const second = [shared.get(), shared.get()]
  await new Promise(setImmediate)
  assert.equal(answers.length, 1)
  answers[0]?.reject(new Error('lost'))
  for (const one of first) await assert.rejects(one, /lost/)
  await new Promise(setImmediate)
  answers[1]?.resolve(7)
  assert.deepEqual(await Promise.all(second), [7, 7])
  assert.equal(answers.length, 2)
})
