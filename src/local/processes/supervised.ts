/** Programs that go on after the command that started them: each under a small shell loop that starts it again. */
import { spawn } from 'node:child_process'
import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, sleep } from '#base/env/clock'

export type Program = { readonly name: string; readonly command: readonly string[] }
export type Places = { readonly runDir: string; readonly logDir: string }
export type Running = { readonly supervisorPid: number; readonly pid: number | undefined }

const script = join(import.meta.dirname, 'supervise.sh')
const stopTimeoutMs = 30_000
const lookAgainMs = 20

export function logFileOf(places: Places, name: string): string {
  return join(places.logDir, `${name}.log`)
}

/** Starts a program unless it runs already. Resolves with whether it was started. */
export async function startSupervised(program: Program, places: Places): Promise<boolean> {
  if ((await runningOf(program.name, places)) !== undefined) return false
  await mkdir(places.runDir, { recursive: true, mode: 0o700 })
  await mkdir(places.logDir, { recursive: true, mode: 0o700 })
  const log = logFileOf(places, program.name)
  await using _created = await open(log, 'a', 0o600)
  const child = spawn('/bin/sh', [script, pidFileOf(program.name, places), log, ...program.command], {
    detached: true,
    stdio: 'ignore',
    cwd: '/',
  })
  child.unref()
  return true
}

/** Undefined when it does not run. A pid file of an earlier boot names somebody else's process: the command line tells. */
export async function runningOf(name: string, places: Places): Promise<Running | undefined> {
  const pidFile = pidFileOf(name, places)
  const supervisorPid = await readPid(pidFile)
  if (supervisorPid === undefined) return undefined
  const commandLine = await readFile(`/proc/${supervisorPid}/cmdline`, 'utf8').catch(() => '')
  if (!commandLine.includes(pidFile)) return undefined
  return { supervisorPid, pid: await readPid(`${pidFile}.child`) }
}

/** Asks it to end and waits until it has; one that does not is killed. Resolves with how it ended. */
export async function stopSupervised(name: string, places: Places, clock: Clock): Promise<'not running' | 'ended' | 'killed'> {
  const running = await runningOf(name, places)
  if (running === undefined) return 'not running'
  process.kill(running.supervisorPid, 'SIGTERM')
  const deadlineMs = clock.monotonicMs() + stopTimeoutMs
  while ((await runningOf(name, places)) !== undefined) {
    if (clock.monotonicMs() > deadlineMs) {
      for (const pid of [running.supervisorPid, running.pid]) if (pid !== undefined) killIfThere(pid)
      await rm(pidFileOf(name, places), { force: true })
      return 'killed'
    }
    await sleep(clock, lookAgainMs)
  }
  return 'ended'
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function pidFileOf(name: string, places: Places): string {
  return join(places.runDir, `${name}.pid`)
}

async function readPid(path: string): Promise<number | undefined> {
  const pid = Number(await readFile(path, 'utf8').catch(() => ''))
  return Number.isInteger(pid) && pid > 0 ? pid : undefined
}
