import assert from 'node:assert/strict'
import { test } from 'node:test'
import { boolFlag, durationFlag, FlagError, intFlag, listFlag, mapFlag, parseFlags, stringFlag } from './flags.ts'

const table = {
  name: stringFlag('x', 'A name.'),
  watch: boolFlag(false, 'Whether.'),
  v: intFlag(0, 'Level.', { shorthand: 'v' }),
  grace: durationFlag(1000, 'Time.'),
  list: listFlag(['a'], 'Some.'),
  labels: mapFlag({}, 'Pairs.'),
}
const accepted = new Map([
  ['profiling', { takesValue: false }],
  ['cert-dir', { takesValue: true }],
])
const defaults = { name: 'x', watch: false, v: 0, grace: 1000, list: ['a'], labels: {} }

for (const [why, argv, want] of [
  ['nothing given', [], {}],
  ['a value behind = or as the next word', ['--name=y', '--v', '3'], { name: 'y', v: 3 }],
  ['a switch takes no word', ['--watch', 'false'], { watch: true }],
  ['a switch can be turned off', ['--watch=false'], { watch: false }],
  ['short flags in their three forms', ['-v5'], { v: 5 }],
  ['short with =', ['-v=6'], { v: 6 }],
  ['durations become milliseconds', ['--grace=1m30s'], { grace: 90_000 }],
  ['lists replace their default and grow', ['--list=b,c', '--list', 'd'], { list: ['b', 'c', 'd'] }],
  ['maps grow', ['--labels=a=1,b=2', '--labels=a=3'], { labels: { a: '3', b: '2' } }],
  ['a value may hold =', ['--name=a=b'], { name: 'a=b' }],
] as const) {
  test(`flags: ${why}`, () => assert.deepEqual(parseFlags(table, argv).values, { ...defaults, ...want }))
}

for (const [why, argv, message] of [
  ['an unknown flag names the nearest', ['--nmae=1'], 'unknown flag: --nmae (did you mean --name?)'],
  ['an unknown flag like none', ['--zzzzzzzz'], 'unknown flag: --zzzzzzzz'],
  ['a missing value', ['--name'], 'flag needs an argument: --name'],
  ['no number', ['--v=x'], 'invalid argument "x" for "--v" flag: strconv.ParseInt: parsing "x": invalid syntax'],
  ['no duration', ['--grace=5'], 'invalid argument "5" for "--grace" flag: time: invalid duration "5"'],
  ['an unknown letter', ['-q'], "unknown shorthand flag: 'q' in -q"],
] as const) {
  test(`flags: refuses ${why}`, () => assert.throws(() => parseFlags(table, argv), new FlagError(message)))
}

test('flags: those of upstream without effect are told, with or without their value', () => {
  const parsed = parseFlags(table, ['--profiling', 'one', '--cert-dir', '/tmp', '--', '--name'], accepted)
  assert.deepEqual([parsed.withoutEffect, parsed.args, [...parsed.given]], [['profiling', 'cert-dir'], ['one', '--name'], []])
})
