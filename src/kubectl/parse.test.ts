import assert from 'node:assert/strict'
import { test } from 'node:test'
import { boolFlag, intFlag, listFlag, stringFlag } from '#component/flags'
import { parseLine } from './parse.ts'

const table = {
  stdin: boolFlag(false, '', { shorthand: 'i' }),
  tty: boolFlag(false, '', { shorthand: 't' }),
  output: stringFlag('', '', { shorthand: 'o' }),
  filename: { ...listFlag([], ''), shorthand: 'f' },
  'dry-run': { ...stringFlag('none', ''), bareValue: 'client' },
  replicas: intFlag(1, ''),
}

for (const [line, wantValues, wantArgs] of [
  ['get pods -o yaml', { output: 'yaml' }, ['get', 'pods']],
  ['get -oyaml pods', { output: 'yaml' }, ['get', 'pods']],
  ['get -o=yaml pods', { output: 'yaml' }, ['get', 'pods']],
  ['exec -it web', { stdin: true, tty: true }, ['exec', 'web']],
  ['exec -ti -oname web', { stdin: true, tty: true, output: 'name' }, ['exec', 'web']],
  ['apply -f a,b -f c', { filename: ['a', 'b', 'c'] }, ['apply']],
  ['create --dry-run x', { 'dry-run': 'client' }, ['create', 'x']],
  ['create --dry-run=server x', { 'dry-run': 'server' }, ['create', 'x']],
  ['scale --replicas -1', { replicas: -1 }, ['scale']],
  ['scale --dry_run=none', { 'dry-run': 'none' }, ['scale']],
  ['apply -f -', { filename: ['-'] }, ['apply']],
] as const) {
  test(`parseLine: ${line}`, () => {
    const { values, args } = parseLine(table, line.split(' '))
    assert.deepEqual(Object.fromEntries(values), wantValues)
    assert.deepEqual(args, wantArgs)
  })
}

test('parseLine: words behind -- are plain, and it says where they begin', () => {
  const { args, dashAt } = parseLine(table, ['run', 'web', '--', 'sh', '-c', '--output'])
  assert.deepEqual(args, ['run', 'web', 'sh', '-c', '--output'])
  assert.equal(dashAt, 2)
})

test('parseLine: stops at the first plain word where it is told to', () => {
  const { values, rest } = parseLine(table, ['-o', 'yaml', 'get', '-o', 'json'], { stopsAtWord: true })
  assert.deepEqual([...values], [['output', 'yaml']])
  assert.deepEqual(rest, ['get', '-o', 'json'])
})

for (const [line, message] of [
  ['--nope', 'unknown flag: --nope'],
  ['-z', "unknown shorthand flag: 'z' in -z"],
  ['-iz', "unknown shorthand flag: 'z' in -z"],
  ['--output', 'flag needs an argument: --output'],
  ['-o', "flag needs an argument: 'o' in -o"],
  ['--replicas=x', 'invalid argument "x" for "--replicas" flag: strconv.ParseInt: parsing "x": invalid syntax'],
  ['-i=maybe', 'invalid argument "maybe" for "-i, --stdin" flag: strconv.ParseBool: parsing "maybe": invalid syntax'],
  ['--help', 'pflag: help requested'],
] as const) {
  test(`parseLine refuses ${line}`, () => assert.throws(() => parseLine(table, [line]), { message }))
}
