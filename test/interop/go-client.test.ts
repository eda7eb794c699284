/** client-go, as most programs of the field use it: typed clients that speak protobuf, informers, server-side apply. */
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { startTestApiServer } from '#testing/api-server'

const run = promisify(execFile)
const source = join(import.meta.dirname, 'go-client')

/** What is needed is there or the test is skipped: nothing is fetched. */
const environment = { ...process.env, GOPROXY: 'off', GOFLAGS: '-mod=readonly', GOTOOLCHAIN: 'local' }
const skip = missing()

function missing(): string | false {
  if (spawnSync('go', ['version']).status !== 0) return 'Go is not installed'
  const { status } = spawnSync('go', ['list', '-deps', '.'], { cwd: source, env: environment })
  return status === 0 ? false : `the modules of ${source} are not here (go mod download) or Go is too old for them`
}

test('a program with client-go v0.36 finds what it expects, all of it in protobuf', { skip }, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'navarch-go-client-'))
  try {
    const program = join(directory, 'client')
    await run('go', ['build', '-o', program, '.'], { cwd: source, env: environment })
    await using server = await startTestApiServer()
    const ca = join(directory, 'ca.pem')
    await writeFile(ca, server.ca)
    const { stdout } = await run(program, [], { env: { API_URL: server.url, API_TOKEN: server.token, API_CA: ca } })
    assert.deepEqual(stdout.trim().split('\n'), [
      'an object is made, changed, patched and deleted',
      'a shared informer follows',
      'a deployment is applied, scaled and deleted',
      'a list comes in pages',
      'metadata alone is listed and watched',
      'failures are told apart',
      'a watch begins with what is there, and is resumed',
      'status, eviction and token are subresources',
      'addresses of services are objects',
      'leaders are elected',
      'all of it in protobuf',
      'what the server has is found, and used without types',
    ])
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})
