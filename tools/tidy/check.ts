/** `npm run check`: types, lint, format, layers and bans, unused code. Runs all, then says what failed. */
import { spawnSync } from 'node:child_process'

const checks: readonly (readonly [what: string, command: string, ...args: string[]])[] = [
  ['types', 'tsc', '-p', '.'],
  ['lint', 'oxlint', '--type-aware', '--deny-warnings', '--quiet'],
  ['format', 'biome', 'ci', '--error-on-warnings', '.'],
  ['layers and bans', 'node', '--test', '--test-reporter=dot', 'tools/tidy/layers.test.ts'],
  ['unused code', 'knip'],
]

const failed = checks.filter(([what, command, ...args]) => {
  const { status } = spawnSync(command, args, { stdio: 'inherit' })
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'}  ${what}`)
  return status !== 0
})
if (failed.length > 0) process.exit(1)
