/** A `navarch kube-apiserver` of our own, on a store on disk that goes with it or on an etcd that is there. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { untilReady } from './ready.ts'

const token = 'bench-token'
const navarchFile = join(import.meta.dirname, '../bin/navarch.mjs')

export type BenchServer = AsyncDisposable & { readonly kubeconfig: string; readonly pid: number }

export async function startBenchServer(etcdServers?: string): Promise<BenchServer> {
  const port = await freePort()
  const directory = mkdtempSync(join(tmpdir(), 'navarch-bench-api-'))
  const tokenFile = join(directory, 'tokens.csv')
  const kubeconfig = join(directory, 'kubeconfig')
  const logFile = join(directory, 'log')
  writeFileSync(tokenFile, `${token},admin,admin-uid,system:masters\n`)
  writeFileSync(kubeconfig, JSON.stringify(kubeconfigOf(port)))
  const words = [
    'kube-apiserver',
    etcdServers === undefined ? '--storage-backend=sqlite' : `--etcd-servers=${etcdServers}`,
    `--data-dir=${directory}/store`,
    `--secure-port=${port}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=192.0.2.10',
  ]
  const log = openSync(logFile, 'a')
  const child = spawn(process.execPath, [...extraNodeFlags(), navarchFile, ...words, `--token-auth-file=${tokenFile}`], {
    stdio: ['ignore', log, log],
  })
  const ended = new Promise((resolve) => child.on('exit', resolve))
  const server: BenchServer = {
    kubeconfig,
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
      rmSync(directory, { recursive: true })
    },
  }
  try {
    await untilReady(child, port)
  } catch (error) {
    const said = readFileSync(logFile, 'utf8')
    await server[Symbol.asyncDispose]()
    throw new Error(`the API server did not start: ${said}`, { cause: error })
  }
  return server
}

/** `NAVARCH_BENCH_NODE_FLAGS='--cpu-prof --cpu-prof-dir=/tmp/x'` gives a profile of the server. */
function extraNodeFlags(): readonly string[] {
  return (process.env['NAVARCH_BENCH_NODE_FLAGS'] ?? '').split(' ').filter((flag) => flag !== '')
}

function kubeconfigOf(port: number) {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'bench', cluster: { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'bench', user: { token } }],
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
    'current-context': 'bench',
  }
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  await new Promise((resolve) => listener.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('there is no free port')
  return address.port
}
