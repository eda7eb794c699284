/** Programs under a small shell loop each, which starts them again. */
import { spawn } from 'node:child_process'
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, sleep } from '#base/env/clock'
import { logFileOf, type Places, type Program, type Supervisor } from './supervisor.ts'

const script = join(import.meta.dirname, 'supervise.sh')
const stopTimeoutMs = 30_000
const lookAgainMs = 20

export function shellSupervisor(places: Places, clock: Clock): Supervisor {
  return {
    start: (program) => start(program, places),
    running: (name) => runningOf(name, places),
    stop: (name, patienceMs = stopTimeoutMs) => stop(name, places, clock, patienceMs),
  }
}

async function start(program: Program, places: Places): Promise<boolean> {
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
  // The loop writes the same, but a little later: whoever stops it at once must find it.
  if (child.pid !== undefined) await replaceFile(pidFileOf(program.name, places), `${child.pid}\n`)
  return true
}

/** At once, as the loop does it: a reader never finds the file empty. */
async function replaceFile(path: string, content: string): Promise<void> {
  await writeFile(`${path}.next`, content)
  await rename(`${path}.next`, path)
}

/** A pid file of an earlier boot names somebody else's process: the command line tells. */
async function runningOf(name: string, places: Places) {
  const pidFile = pidFileOf(name, places)
  const supervisorPid = await readPid(pidFile)
  if (supervisorPid === undefined) return undefined
  const commandLine = await readFile(`/proc/${supervisorPid}/cmdline`, 'utf8').catch(() => '')
  if (!commandLine.includes(pidFile)) return undefined
  return { supervisorPid, pid: await readPid(`${pidFile}.child`) }
}

async function stop(name: string, places: Places, clock: Clock, patienceMs: number): Promise<'not running' | 'ended' | 'killed'> {
  const running = await runningOf(name, places)
  if (running === undefined) return 'not running'
  process.kill(running.supervisorPid, 'SIGTERM')
  const deadlineMs = clock.monotonicMs() + patienceMs
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
