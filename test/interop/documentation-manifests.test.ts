/** The examples of the Kubernetes documentation, in our own names: kubectl creates them, gets them and describes them. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { ServiceAccount } from '#kinds/core/service-account.kind'
import { kubeconfigOf, startTestApiServer, type TestApiServer } from '#testing/api-server'

const run = promisify(execFile)
const directory = join(import.meta.dirname, 'documentation-manifests')
const files = readdirSync(directory)
const exampleCount = files.reduce((count, file) => count + documentsOf(file).length, 0)

function documentsOf(file: string): readonly string[] {
  return readFileSync(join(directory, file), 'utf8').split(/^---$/m)
}

/** The path's kubectl where there is one, and our own. */
const foreign = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'kubectl'))
  .find(existsSync)
const own = [process.execPath, join(import.meta.dirname, '../../bin/navarch.mjs'), 'kubectl']
const programs = foreign === undefined ? [own] : [[foreign], own]

test('there are at least 150 examples', () => assert.ok(exampleCount >= 150, `${exampleCount}`))

for (const program of programs) {
  describe(`examples, with ${program === own ? 'our own kubectl' : 'the kubectl of the path'}`, () => {
    let server: TestApiServer
    let home: string

    before(async () => {
      home = await mkdtemp(join(tmpdir(), 'navarch-examples-'))
      server = await startTestApiServer({ admission: { enabled: [], disabled: ['ServiceAccount'] } })
      await server.client.create(ServiceAccount, {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'default', namespace: 'default' },
      })
      await writeFile(join(home, 'config'), kubeconfigOf(server))
    })

    after(async () => {
      await server.close()
      await rm(home, { recursive: true })
    })

    // What others refer to (priority classes, runtime classes, ranges of addresses) stands before them in the same file.
    for (const file of files.toSorted()) {
      test(file, async () => {
        const [command = '', ...first] = program
        const kubectl = async (...args: readonly string[]) => {
          const env = { ...process.env, KUBECONFIG: join(home, 'config'), HOME: home }
          return await run(command, [...first, ...args, '-f', join(directory, file)], { env, maxBuffer: 1 << 25 })
        }
        const created = await kubectl('create')
        assert.ok(created.stdout.split('\n').filter((line) => line.endsWith(' created')).length >= documentsOf(file).length)
        const shown = [await kubectl('get'), await kubectl('get', '-o', 'wide')]
        // A kubectl before 1.34 asks for the beta versions of these kinds, which a server of 1.36 does not serve.
        if (program === own || file !== 'young-kinds.yaml') shown.push(await kubectl('describe'))
        for (const { stdout, stderr } of shown) {
          assert.doesNotMatch(stderr, /error/i)
          assert.notEqual(stdout, '')
        }
      })
    }
  })
}
