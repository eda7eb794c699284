/** Where an example of the documentation is played: kubectl in a namespace of its own, and the manifests of its page. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually, kubectlOf, realKubectl, type TestCluster } from '../test-cluster.ts'

/** What a page says, as claims that can be checked: a title, and the steps of a reader. */
export type Page = { readonly folder: string; readonly examples: Readonly<Record<string, (scene: Scene) => Promise<void>>> }

export type Scene = Awaited<ReturnType<typeof openScene>>

export async function openScene(cluster: TestCluster, folder: string, namespace: string) {
  const tools = kubectlOf(cluster, realKubectl)
  await tools.run('create', 'namespace', namespace)
  const inNamespace = (args: readonly string[]) => ['--namespace', namespace, ...args]
  const kubectl = (...args: readonly string[]) => tools.run(...inNamespace(args))
  const manifest = async (name: string, edit = (text: string) => text) =>
    edit(await readFile(join(import.meta.dirname, folder, `${name}.yaml`), 'utf8'))
  const applied = async (name: string, edit?: (text: string) => string) =>
    await tools.outcome(inNamespace(['apply', '-f', '-']), await manifest(name, edit))
  // Long, for machines that are busy with other things: what is awaited here comes within seconds.
  const until = (args: readonly string[], isGood: RegExp, timeoutMs = 90_000) =>
    eventually(
      () => tools.outcome(inNamespace(args)),
      ({ stdout }) => isGood.test(stdout),
      `kubectl ${args.join(' ')} shows ${isGood}`,
      timeoutMs,
    )
  return {
    namespace,
    /** A node holds 110 pods: what one example leaves would be in the way of the last ones. */
    [Symbol.asyncDispose]: async () => void (await tools.run('delete', 'namespace', namespace, '--wait=false')),
    /** Resolves with what kubectl printed; rejects when it fails. */
    kubectl,
    /** Runs beside the example; disposing ends it. */
    start: (...args: readonly string[]) => tools.start(...inNamespace(args)),
    /** Runs it to its end, whatever that is. */
    outcome: (...args: readonly string[]) => tools.outcome(inNamespace(args)),
    /** One value of an object by JSONPath. */
    value: (object: string, path: string) => kubectl('get', object, '-o', `jsonpath={${path}}`),
    /** Applies a manifest of the page, edited if need be. */
    async apply(name: string, edit?: (text: string) => string): Promise<string> {
      const { status, stdout, stderr } = await applied(name, edit)
      assert.equal(status, 0, `${name}: ${stderr}`)
      return stdout
    },
    /** Applies a manifest that the server refuses; resolves with what it says. */
    async refusedApply(name: string, edit?: (text: string) => string): Promise<string> {
      const { status, stderr } = await applied(name, edit)
      assert.notEqual(status, 0, `${name} should be refused`)
      return stderr
    },
    /** Runs a command that has to fail; resolves with its complaint. */
    async refused(...args: readonly string[]): Promise<string> {
      const { status, stdout, stderr } = await tools.outcome(inNamespace(args))
      assert.notEqual(status, 0, `kubectl ${args.join(' ')} should fail; it says ${stdout}`)
      return stderr
    },
    /** Asks again until the output fits. */
    async until(args: string, isGood: RegExp, timeoutMs?: number): Promise<string> {
      return (await until(args.split(' '), isGood, timeoutMs)).stdout
    },
    /** Asks again until one value of an object fits. */
    async untilValue(object: string, path: string, isGood: RegExp, timeoutMs?: number): Promise<string> {
      return (await until(['get', object, '-o', `jsonpath={${path}}`], isGood, timeoutMs)).stdout
    },
    /** What a shell in a pod prints. */
    inPod: (pod: string, script: string) => kubectl('exec', pod, '--', 'sh', '-c', script),
  }
}

/** Columns of the rows of a table, without its head. */
export function rowsOf(table: string): readonly (readonly string[])[] {
  const lines = table.trim().split('\n').slice(1)
  return lines.map((line) => line.split(/\s+/))
}
