/** `npm test`: what the machine needs, then every check and test, in the order in which they find faults fastest. */
import { spawnSync } from 'node:child_process'
import { offerTestPackages } from './host-packages.ts'
import { prepareHost } from './prepare-host.ts'

await prepareHost()
offerTestPackages((line) => console.log(line))
for (const script of ['check', 'unit', 'interop', 'fuzz', 'crash', 'e2e']) {
  console.log(`\n== npm run ${script}`)
  const { status } = spawnSync('npm', ['run', '--silent', script], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
