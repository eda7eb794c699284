/** `npm start`: what the machine needs, then a cluster. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { prepareHost } from './prepare-host.ts'

await prepareHost(process.argv.slice(2))
const bin = join(import.meta.dirname, '../../bin/navarch.mjs')
const { status } = spawnSync(process.execPath, [bin, 'up', '--load', '.cache/images', ...process.argv.slice(2)], { stdio: 'inherit' })
process.exit(status ?? 1)
