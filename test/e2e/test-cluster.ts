/** A cluster of its own for an end-to-end test: own directory, ports, bridge and name, so that it can stand beside another. */
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
const navarchFile = join(root, 'bin/navarch.mjs')

export type TestCluster = AsyncDisposable & {
  readonly dataDir: string
  readonly kubeconfig: string
  /** Runs `navarch` with this cluster's directory; resolves with what it printed. */
  navarch(...args: readonly string[]): Promise<string>
}

/** A kubectl, real or ours: the words in front of its arguments. */
export type Kubectl = readonly [program: string, ...first: string[]]

export const realKubectl: Kubectl = ['kubectl']
export const ownKubectl: Kubectl = [process.execPath, navarchFile, 'kubectl']

/** `slot` keeps clusters of tests that run side by side apart: 0 to 9. `more` is told to `up` besides what the slot says. */
export async function startTestCluster(slot: number, ...more: readonly string[]): Promise<TestCluster> {
  const dataDir = await mkdtemp(join(tmpdir(), `navarch-e2e-${slot}-`))
  const kubeconfig = join(dataDir, 'user.kubeconfig')
  const navarch = async (verb: string, ...args: readonly string[]) => {
    const { stdout } = await run(process.execPath, [navarchFile, verb, '--data-dir', join(dataDir, 'cluster'), ...args], { cwd: root })
    return stdout
  }
  const cluster: TestCluster = {
    dataDir: join(dataDir, 'cluster'),
    kubeconfig,
    navarch: (verb = '', ...args) => navarch(verb, ...args),
    async [Symbol.asyncDispose]() {
      await navarch('down', '--purge', '--kubeconfig', kubeconfig)
      await rm(dataDir, { recursive: true, force: true })
    },
  }
  try {
    await cluster.navarch('up', ...upArguments(slot), ...more, '--kubeconfig', kubeconfig)
  } catch (error) {
    await cluster[Symbol.asyncDispose]()
    throw error
  }
  return cluster
}

/** What `up` is told, so that the same can be told again. */
export function upArguments(slot: number): readonly string[] {
  return [
    '--name',
    `navarch-e2e-${slot}`,
    '--bridge',
    `nve${slot}`,
    '--api-port',
    `${16440 + slot}`,
    '--kubelet-port',
    `${20250 + slot}`,
    '--pod-cidr',
    `10.${230 + slot}.0.0/16`,
    '--service-cidr',
    `10.${110 + slot}.0.0/16`,
    '--load',
    join(root, '.cache/images'),
  ]
}

export type Outcome = { readonly status: number; readonly stdout: string; readonly stderr: string }

/** Runs kubectl to its end, whatever that is. */
export function kubectlOf(cluster: TestCluster, kubectl: Kubectl) {
  const [program, ...first] = kubectl
  const environment = { ...process.env, KUBECONFIG: cluster.kubeconfig }
  return {
    async outcome(args: readonly string[], input = ''): Promise<Outcome> {
      const child = spawn(program, [...first, ...args], { env: environment, cwd: root })
      child.stdin.end(input)
      const [stdout, stderr, status] = await Promise.all([
        textOf(child.stdout),
        textOf(child.stderr),
        new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 1))),
      ])
      return { status, stdout, stderr }
    },
    /** Resolves with its output; rejects with what it complained about. */
    async run(...args: readonly string[]): Promise<string> {
      const { status, stdout, stderr } = await this.outcome(args)
      if (status !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${status}: ${stderr}`)
      return stdout
    },
    /** Runs beside the test; disposing ends it. */
    start(...args: readonly string[]) {
      const child = spawn(program, [...first, ...args], { env: environment, cwd: root })
      const output = { text: '' }
      child.stdout.on('data', (chunk: Buffer) => (output.text += chunk.toString()))
      child.stderr.on('data', (chunk: Buffer) => (output.text += chunk.toString()))
      return { output, child, [Symbol.dispose]: () => void child.kill('SIGTERM') }
    },
  }
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** Asks again until the answer passes; rejects with the last answer when it never does. */
export async function eventually<T>(ask: () => Promise<T>, isGood: (answer: T) => boolean, what: string, timeoutMs = 30_000): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (isGood(answer)) return answer
    if (performance.now() > deadline)
      throw new Error(`${what}: not within ${timeoutMs / 1000} s; last seen: ${JSON.stringify(answer).slice(0, 2000)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
