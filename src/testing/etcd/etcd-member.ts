/** One etcd process under test: it can be stopped, killed, paused and started again on its data. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sleep, systemClock } from '#base/env/clock'

/** How a member is started. */
export interface EtcdMemberOptions {
  readonly name: string
  /** URL for clients. */
  readonly endpoint: string
  /** Base URL of health and metrics, without TLS. */
  readonly metricsUrl: string
  readonly directory: string
  /** Program and arguments, with what they are wrapped in. */
  readonly command: readonly string[]
}

const startMsMax = 20_000
const stopMsMax = 5_000

export class EtcdMember {
  readonly name: string
  /** URL for clients. */
  readonly endpoint: string
  /** Base URL of `/health` and `/metrics`, without TLS. */
  readonly metricsUrl: string
  /** `data` (etcd's own) and `log` are in it. */
  readonly directory: string
  readonly #command: readonly string[]
  #process: ChildProcess | undefined

  constructor({ name, endpoint, metricsUrl, directory, command }: EtcdMemberOptions) {
    this.name = name
    this.endpoint = endpoint
    this.metricsUrl = metricsUrl
    this.directory = directory
    this.#command = command
  }

  /** Of the running process. */
  get pid(): number | undefined {
    return this.#process?.pid
  }

  get isRunning(): boolean {
    return this.#process !== undefined
  }

  /** Starts the process; use `untilHealthy` to wait until it serves. */
  start(): void {
    if (this.isRunning) throw new Error(`etcd ${this.name} runs already`)
    const log = openSync(this.#logPath, 'a')
    // However the test ends, its etcd ends with it.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...this.#command], { stdio: ['ignore', log, log] })
    closeSync(log)
    this.#process = child
    child.once('exit', () => {
      if (this.#process === child) this.#process = undefined
    })
  }

  /** Waits until it can read and write, which needs a majority. Fails with the end of its log. */
  async untilHealthy(): Promise<void> {
    const deadlineMs = systemClock.monotonicMs() + startMsMax
    while (!(await this.isHealthy())) {
      if (!this.isRunning) throw new Error(`etcd ${this.name} ended:\n${this.logEnd()}`)
      if (systemClock.monotonicMs() > deadlineMs) throw new Error(`etcd ${this.name} is not healthy:\n${this.logEnd()}`)
      await sleep(systemClock, 20)
    }
  }

  /** Whether it says of itself that it can read and write. */
  async isHealthy(): Promise<boolean> {
    try {
      const answer = await fetch(`${this.metricsUrl}/health`, { signal: AbortSignal.timeout(1000) })
      return answer.ok && JSON.stringify(await answer.json()).includes('"true"')
    } catch {
      return false
    }
  }

  /** SIGTERM, and SIGKILL if that does not do. */
  async stop(): Promise<void> {
    const child = this.#process
    if (child === undefined) return
    this.#signal('SIGCONT')
    this.#signal('SIGTERM')
    await Promise.race([exitOf(child), sleep(systemClock, stopMsMax)])
    await this.kill()
  }

  /** SIGKILL: nothing is written any more. */
  async kill(): Promise<void> {
    const child = this.#process
    if (child === undefined) return
    this.#signal('SIGKILL')
    await exitOf(child)
  }

  /** SIGSTOP: connections stay open, nothing is answered. */
  pause(): void {
    this.#signal('SIGSTOP')
  }

  /** SIGCONT. */
  resume(): void {
    this.#signal('SIGCONT')
  }

  /** The last lines it logged. */
  logEnd(): string {
    return readFileSync(this.#logPath, 'utf8').slice(-3000)
  }

  get #logPath(): string {
    return join(this.directory, 'log')
  }

  #signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal)
  }
}

function exitOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => child.once('exit', () => resolve()))
}
