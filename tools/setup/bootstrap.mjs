/**
 * `npm start` and `npm test` begin here, on whatever Node the machine has (18 or newer): install the
 * dependencies if they are not there, then go on under the Node that the project brings along.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const [goal = 'start', ...args] = process.argv.slice(2)

installDependencies()
const node = projectNode()
const result = spawnSync(node, [join(root, 'tools/setup', `${goal}.ts`), ...args], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PATH: `${dirname(node)}:${join(root, 'node_modules/.bin')}:${process.env.PATH}` },
})
process.exit(result.status ?? 1)

/**
 * Installs what the lock file says when it is not what was installed last; a broken install is not marked.
 * Not `npm ci`: it refuses a lock file without the optional packages of other platforms, and not every mirror has those.
 */
function installDependencies() {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8')
  const mark = join(root, 'node_modules/.installed-lock')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === lock) return
  console.log('Installing the npm dependencies (once) ...')
  const { status } = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) fail('npm install failed: see above. With a registry in reach, run the same command again.')
  writeFileSync(mark, lock)
}

function projectNode() {
  const own = join(root, 'node_modules/node/bin/node')
  if (existsSync(own)) return own
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  return fail(`Node 24 or newer is needed; this is ${process.version}, and the npm package "node" did not install. Try: npm rebuild node`)
}

function fail(message) {
  console.error(`navarch: ${message}`)
  process.exit(1)
}
