/**
 * Two API servers in the same state, one for the real kubectl and one for ours: every command line runs on both, and
 * what it printed and its exit status are handed back side by side, made comparable.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { systemClock } from '#base/env/clock'
import { systemRandom } from '#base/env/random'
import type { Host } from '#kubectl/command'
import { kubectl } from '#kubectl/main'
import { kubeconfigOf, startTestApiServer, type TestApiServer } from '#testing/api-server'

export type Outcome = { readonly stdout: string; readonly stderr: string; readonly status: number }

export type Invocation = { readonly words: readonly string[]; readonly stdin?: string; readonly env?: Readonly<Record<string, string>> }

/** The kubectl of the path; undefined where there is none. */
export function realKubectl(): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((directory) => join(directory, 'kubectl'))
    .find(existsSync)
}

export type Twins = {
  /** Holds the manifests; command lines name it `$DIR`. */
  readonly directory: string
  readonly servers: readonly [real: TestApiServer, ours: TestApiServer]
  run(invocation: Invocation): Promise<{ readonly real: Outcome; readonly ours: Outcome }>
  close(): Promise<void>
}

export async function startTwins(program: string, files: Readonly<Record<string, string>>): Promise<Twins> {
  const directory = await mkdtemp(join(tmpdir(), 'navarch-twins-'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text)
  const [real, ours] = await Promise.all([startTestApiServer(), startTestApiServer()])
  const environments = await Promise.all([environmentOf(directory, 'real', real), environmentOf(directory, 'ours', ours)])
  return {
    directory,
    servers: [real, ours],
    async run(invocation) {
      const words = invocation.words.map((word) => word.replaceAll('$DIR', directory))
      const [realResult, ourResult] = await Promise.all([
        runReal(program, { ...invocation, words }, { ...environments[0], ...invocation.env }),
        runOurs({ ...invocation, words }, { ...environments[1], ...invocation.env }),
      ])
      return { real: comparable(realResult, real, 'real'), ours: comparable(ourResult, ours, 'ours') }
    },
    async close() {
      await Promise.all([real.close(), ours.close()])
      await rm(directory, { recursive: true })
    },
  }
}

type Environment = Readonly<Record<string, string>>

async function environmentOf(directory: string, name: string, server: TestApiServer): Promise<Environment> {
  const path = join(directory, `${name}.config`)
  await writeFile(path, kubeconfigOf(server))
  return { PATH: process.env['PATH'] ?? '', HOME: join(directory, name), KUBECONFIG: path }
}

function runReal(program: string, { words, stdin }: Invocation, env: Environment): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(program, words, { env, timeout: 60_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code ?? 1)
      resolve({ stdout, stderr, status: code })
    })
    child.stdin?.end(stdin ?? '')
  })
}

async function runOurs({ words, stdin }: Invocation, environment: Environment): Promise<Outcome> {
  const [stdout, stderr] = [new Recorder(), new Recorder()]
  const host = {
    clock: systemClock,
    random: systemRandom,
    stdin: Readable.from(stdin === undefined ? [] : [stdin]),
    stdout,
    stderr,
    environment,
  } as unknown as Host
  const status = await kubectl(words, host)
  return { stdout: stdout.text, stderr: stderr.text, status }
}

class Recorder extends Writable {
  text = ''

  override _write(chunk: unknown, _encoding: string, done: () => void): void {
    this.text += String(chunk)
    done()
  }
}

/** Without what differs from server to server and from second to second. */
function comparable({ stdout, stderr, status }: Outcome, server: TestApiServer, name: string): Outcome {
  const cleaned = (text: string) =>
    text
      .replaceAll(new URL(server.url).host, 'SERVER')
      .replaceAll(new RegExp(`(/navarch-twins-\\w+)/${name}\\b`, 'g'), '$1/HOME')
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UID')
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME')
      .replaceAll(/(resourceVersion"?: "?)\d+/g, '$1REVISION')
      .replaceAll(/\b\d+(s|ms|m\d+s)\b/g, 'AGE')
      // Until 1.33 the command line's own errors began with a capital.
      .replaceAll(/^Error: /gm, 'error: ')
      // Since 1.34 it is said from where.
      .replaceAll(/( deleted) from \S+ namespace/g, '$1')
      .replaceAll(/^(preferences: \{\}|\s+"preferences": \{\},?)\n/gm, '')
      // Lines of Go's log.
      .replaceAll(/^[IWE]\d{4} .*\n/gm, '')
      // Until 1.33 objects that were never stored have an empty time of creation.
      .replaceAll(/^ *creationTimestamp: null\n/gm, '')
      .replaceAll(/^ *"creationTimestamp": null,?\n/gm, '')
  return { stdout: cleaned(stdout), stderr: cleaned(stderr), status }
}
