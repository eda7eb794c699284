/** Recorded answers of upstream's API server, step by step against ours: scenarios that were alike stay alike. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { startTestApiServer, type TestApiServer } from '#testing/api-server'

const folder = fileURLToPath(new URL('../../../shared/reference/oracle/', import.meta.url))
const skip = existsSync(folder) ? false : 'the recorded answers (../shared/reference/oracle) are not here'

/** What is compared, and steps whose answers may differ, with the reason. */
const scenarios: readonly { readonly topic: string; readonly scenario: string; readonly mayDiffer: Readonly<Record<string, string>> }[] = [
  {
    topic: 'verbs',
    scenario: 'ssa-basic',
    mayDiffer: {
      'uid-wrong': 'upstream tells the same cause twice',
      'yaml-bad': 'another YAML parser, other words',
    },
  },
  { topic: 'verbs', scenario: 'ssa-subresource', mayDiffer: {} },
  { topic: 'verbs', scenario: 'ssa-create-rules', mayDiffer: {} },
  { topic: 'verbs', scenario: 'update-conflicts', mayDiffer: {} },
]

describe('recorded answers', { skip }, () => {
  let server: TestApiServer
  let directory: string

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'navarch-recorded-'))
    server = await startTestApiServer({ admission: { enabled: [], disabled: ['ServiceAccount'] } })
  })

  after(async () => {
    await server.close()
    await rm(directory, { recursive: true })
  })

  for (const { topic, scenario, mayDiffer } of scenarios) {
    test(`${topic}/${scenario}`, async () => {
      const transcript = join(directory, `${topic}.jsonl`)
      await writeFile(transcript, wholeRecords(topic))
      const said = await replay(transcript, scenario)
      const differing = said.filter((line) => line.startsWith(`${scenario} / `))
      const unexpected = differing.filter((line) => mayDiffer[line.slice(scenario.length + 3).split(':')[0] ?? ''] === undefined)
      assert.deepEqual(unexpected, [])
      assert.match(said.at(-1) ?? '', /^total: [1-9]/)
    })
  }

  /** The lines of the replay; it ends with 1 where something differs. */
  function replay(transcript: string, scenario: string): Promise<readonly string[]> {
    const words = ['--server', server.url, '--token', server.token, '--only', scenario, transcript]
    return new Promise((resolve) =>
      execFile(process.execPath, [join(folder, 'replay.ts'), ...words], (_error, stdout) => resolve(stdout.trim().split('\n'))),
    )
  }
})

/** One record a line. Where a text has a line separator (U+2028), the recording broke the record in two: put together again. */
function wholeRecords(topic: string): string {
  const lines = gunzipSync(readFileSync(join(folder, `${topic}.jsonl.gz`)))
    .toString()
    .trimEnd()
    .split('\n')
  return lines.reduce((text, line) => (line.startsWith('{"topic":') ? `${text}\n${line}` : `${text}\u2028${line}`)).concat('\n')
}
