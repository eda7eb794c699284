#!/usr/bin/env node
/** The `navarch` command. Node 24 or newer runs the TypeScript as it is; an older one hands over to the Node that the project brings along. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'

const isNewEnough = Number(process.versions.node.split('.')[0]) >= 24
const ownNode = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url))

if (isNewEnough) {
  module.enableCompileCache()
  const { freshBuild } = await import('./fresh-build.mjs')
  const { main } = await import(freshBuild() ?? './main.ts')
  // Not just an exit code: what still waits, such as a container's grace, must not hold the process.
  process.exit(await main(process.argv, import.meta.filename))
} else if (existsSync(ownNode)) {
  const { status, signal } = spawnSync(ownNode, process.argv.slice(1), { stdio: 'inherit' })
  if (signal !== null) process.kill(process.pid, signal)
  process.exitCode = status ?? 1
} else {
  console.error(`navarch: Node 24 or newer is needed, this is ${process.version}. In a clone, "npm ci" brings one along.`)
  process.exitCode = 1
}
