/** Two directories with the objects as they are and as they would be, for a program that compares files. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatYaml } from '#base/encoding/yaml'
import type { Host } from '../command.ts'
import { CommandError } from '../errors.ts'
import type { ApiResource } from '../resources/resource-catalog.ts'
import type { AnyObject } from '../resources/unstructured.ts'
import { maskedPair } from './masked-secrets.ts'

/** `live` is absent where the object does not exist yet, `merged` where it would go. */
export type Versions = { readonly resource: ApiResource; readonly live: AnyObject | undefined; readonly merged: AnyObject | undefined }

export class Differences implements AsyncDisposable {
  readonly #host: Host
  readonly #live: string
  readonly #merged: string

  private constructor(host: Host, live: string, merged: string) {
    this.#host = host
    this.#live = live
    this.#merged = merged
  }

  static async create(host: Host): Promise<Differences> {
    return new Differences(host, await mkdtemp(join(tmpdir(), 'LIVE-')), await mkdtemp(join(tmpdir(), 'MERGED-')))
  }

  async add({ resource, live, merged }: Versions): Promise<void> {
    const shown = resource.kind === 'Secret' && resource.group === '' ? maskedPair(live, merged) : [live, merged]
    const object = live ?? merged
    if (object === undefined) return
    const name = fileName(resource, object)
    for (const [index, directory] of [this.#live, this.#merged].entries()) {
      const version = shown[index]
      // An empty file stands for an object that is not there.
      await writeFile(join(directory, name), version === undefined ? '' : formatYaml(version))
    }
  }

  /** Runs $KUBECTL_EXTERNAL_DIFF or `diff -u -N`; resolves with its exit status, of which 1 means differences. */
  async show(): Promise<number> {
    const [program = 'diff', ...words] = commandOf(this.#host.environment['KUBECTL_EXTERNAL_DIFF'] ?? '')
    const { stdout, stderr } = this.#host
    return await new Promise((resolve, reject) => {
      const child = spawn(program, [...words, this.#live, this.#merged], { stdio: ['ignore', 'pipe', 'pipe'] })
      child.stdout.on('data', (chunk) => stdout.write(chunk))
      child.stderr.on('data', (chunk) => stderr.write(chunk))
      child.on('error', (error) =>
        reject(new CommandError(`failed to run ${JSON.stringify(program)}: ${error.message}`, { exitStatus: 2 })),
      )
      child.on('close', (status) => resolve(status ?? 2))
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#live, this.#merged].map((directory) => rm(directory, { recursive: true, force: true })))
  }
}

/** Only words of letters, digits, dashes and equal signs are arguments, as upstream has it. */
function commandOf(text: string): readonly string[] {
  if (text === '') return ['diff', '-u', '-N']
  const [program = '', ...words] = text.split(' ')
  return [program, ...words.filter((word) => /^[a-zA-Z0-9-=]+$/.test(word))]
}

function fileName({ group, version, kind }: ApiResource, { metadata }: AnyObject): string {
  const parts = [...(group === '' ? [] : [group]), version, kind, metadata.namespace ?? '', metadata.name ?? '']
  return parts.join('.')
}
