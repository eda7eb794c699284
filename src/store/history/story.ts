/** Tests of the checkers: histories written by hand, each with what is to be said of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkHistory } from './check.ts'
import { Script } from './script.ts'
import { describe, type Rule } from './violation.ts'

type BadStory = readonly [name: string, rule: Rule, words: RegExp, tell: (script: Script) => void]
type GoodStory = readonly [name: string, tell: (script: Script) => void]

const latenessMs = 1000

/** Each breaks the rule named, and that is told in such words. */
export function testBad(stories: readonly BadStory[]): void {
  for (const [name, rule, words, tell] of stories) {
    test(`a history is bad in which ${name}`, () => {
      const script = new Script()
      tell(script)
      const violations = checkHistory(script.records, { latenessMs })
      const stories = violations.filter((violation) => violation.rule === rule).map(({ story }) => story)
      assert.ok(
        stories.some((story) => words.test(story)),
        `expected ${rule} in words like ${words}, but was told:\n${describe(violations)}`,
      )
    })
  }
}

/** Nothing is wrong with any of them. */
export function testGood(stories: readonly GoodStory[]): void {
  for (const [name, tell] of stories) {
    test(`a history is good in which ${name}`, () => {
      const script = new Script()
      tell(script)
      assert.equal(describe(checkHistory(script.records, { latenessMs })), '')
    })
  }
}
