/** `npm run unit`: the tests beside the code. The store's take as long as all others together, so both run at the same time. */
import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'

const files = globSync(['src/**/*.test.ts', 'tools/**/*.test.ts'])
const groups = Map.groupBy(files, (file) => (file.startsWith('src/store/') ? 'store' : 'others'))

const outcomes = await Promise.all([...groups].map(async ([name, members]) => ({ name, ...(await run(members)) })))
for (const { name, output } of outcomes) console.log(`-- ${name}\n${output}`)
process.exitCode = outcomes.every(({ status }) => status === 0) ? 0 : 1

function run(members: readonly string[]): Promise<{ readonly status: number | null; readonly output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--test', '--test-isolation=none', ...members])
    const output: Buffer[] = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk))
    child.on('close', (status) => resolve({ status, output: Buffer.concat(output).toString() }))
  })
}
