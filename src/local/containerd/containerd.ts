/**
 * A private containerd for one node. It is spawned on its own, so that containers and their runtime outlive the process that started
 * it; `stop` ends the daemon only, `tearDown` ends the pods too and takes away whatever is mounted.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Clock, sleep } from '#base/env/clock'
import { type CriClient, openCriClient } from '#net/cri/client'
import { isGrpcError } from '#net/grpc/grpc-error'
import { LocalError } from '../settings.ts'
import { type ContainerdPaths, containerdConfig, mirrorConfig } from './config.ts'
import { containerdMajorVersion, mayLowerOomScore } from './host-facts.ts'
import { removeLeftovers } from './leftovers.ts'

export interface ContainerdOptions {
  readonly paths: ContainerdPaths
  readonly logFile: string
  readonly sandboxImage: string
  /** Registry host -> URL of the mirror that is asked first; `_default` stands for all registries. */
  readonly mirrors?: Readonly<Record<string, string>>
  /** Starts it in this network namespace: a path under /run/netns. */
  readonly networkNamespace?: string
}

export interface ContainerdDeps {
  readonly clock: Clock
}

export interface Containerd {
  readonly pid: number
  /** Open until `stop` or `tearDown`. */
  readonly cri: CriClient
  /** Resolves when the daemon has ended, with a description of how. */
  readonly exited: Promise<string>
  /** Ends the daemon; containers go on. */
  stop(): Promise<void>
  /** Ends all pods, the daemon, and what is left of them: shims, mounts, network namespaces. */
  tearDown(signal?: AbortSignal): Promise<void>
}

const readyTimeoutMs = 20_000
const podStopTimeoutMs = 30_000

/** Writes the configuration, starts the daemon and waits until its CRI answers. */
export async function startContainerd(options: ContainerdOptions, deps: ContainerdDeps, signal?: AbortSignal): Promise<Containerd> {
  const configFile = await writeContainerdConfig(options)
  const child = await spawnDaemon(options, configFile)
  const exited = once(child, 'exit').then(([code, by]) => (code === null ? `ended by ${by}` : `ended with status ${code}`))
  const cri = openCriClient(options.paths.socket, deps)
  const stop = async () => {
    cri[Symbol.dispose]()
    child.ref() // without it the wait below would not keep this process alive
    child.kill('SIGTERM')
    await exited
  }
  try {
    const early = exited.then(async (how) => {
      throw new Error(`containerd ${how} before it was ready: ${await lastLine(options.logFile)}`)
    })
    await Promise.race([untilReady(cri, deps.clock, signal), early])
  } catch (error) {
    await stop()
    throw error
  }
  return {
    pid: child.pid ?? 0,
    cri,
    exited,
    stop,
    async tearDown(tearDownSignal) {
      await removeAllPods(cri, tearDownSignal)
      await stop()
      await removeLeftovers(options.paths, deps.clock)
    },
  }
}

/** Writes the configuration file and the directories that it names; resolves with its path. */
export async function writeContainerdConfig({ paths, sandboxImage, mirrors = {} }: ContainerdOptions): Promise<string> {
  const [majorVersion, mayLower] = await Promise.all([containerdMajorVersion(), mayLowerOomScore()])
  for (const directory of [paths.root, paths.state, paths.cniConfigDirectory, paths.registryDirectory, dirname(paths.socket)]) {
    await mkdir(directory, { recursive: true, mode: 0o711 })
  }
  for (const [registry, mirrorUrl] of Object.entries(mirrors)) {
    await mkdir(join(paths.registryDirectory, registry), { recursive: true })
    await writeFile(join(paths.registryDirectory, registry, 'hosts.toml'), mirrorConfig(registry, mirrorUrl))
  }
  const configFile = join(paths.root, 'config.toml')
  await writeFile(configFile, containerdConfig({ paths, majorVersion, sandboxImage, restrictOomScoreAdj: !mayLower }))
  return configFile
}

async function spawnDaemon({ logFile, networkNamespace }: ContainerdOptions, configFile: string): Promise<ChildProcess> {
  await mkdir(dirname(logFile), { recursive: true })
  const log = await open(logFile, 'a', 0o640)
  const command = ['containerd', '--config', configFile]
  // Not `ip netns exec`: it remounts /sys, and runc then finds no cgroups.
  const [program = '', ...args] = networkNamespace === undefined ? command : ['nsenter', `--net=${networkNamespace}`, ...command]
  try {
    const child = spawn(program, args, { detached: true, stdio: ['ignore', log.fd, log.fd] })
    await once(child, 'spawn')
    child.unref()
    return child
  } finally {
    await log.close()
  }
}

/** The socket comes first, then the CRI behind it. */
export async function untilReady(cri: CriClient, clock: Clock, signal?: AbortSignal): Promise<void> {
  const deadlineMs = clock.monotonicMs() + readyTimeoutMs
  for (;;) {
    try {
      await cri.runtime.version({}, { waitForReady: true, timeoutMs: readyTimeoutMs, signal })
      const { status } = await cri.runtime.status({}, { timeoutMs: readyTimeoutMs, signal })
      if (status?.conditions.some((condition) => condition.type === 'RuntimeReady' && condition.status)) return
    } catch (error) {
      if (!isGrpcError(error, 'Unavailable', 'Unknown', 'Unimplemented', 'DeadlineExceeded')) throw error
    }
    if (clock.monotonicMs() > deadlineMs)
      throw new LocalError(
        `containerd does not answer after ${readyTimeoutMs / 1000} seconds: see "navarch logs containerd", then try again`,
      )
    await sleep(clock, 20, signal)
  }
}

/** Ends and removes every sandbox and what runs in it. */
export async function removeAllPods(cri: CriClient, signal?: AbortSignal): Promise<void> {
  const call = { timeoutMs: podStopTimeoutMs, signal }
  const { items } = await cri.runtime.listPodSandbox({}, call)
  await Promise.all(
    items.map(async ({ id }) => {
      await cri.runtime.stopPodSandbox({ podSandboxId: id }, call)
      await cri.runtime.removePodSandbox({ podSandboxId: id }, call)
    }),
  )
}

async function lastLine(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).trim().split('\n').at(-1) ?? ''
}
