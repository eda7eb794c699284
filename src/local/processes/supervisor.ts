/** What keeps the cluster's programs alive after the command that started them: a shell loop, or systemd where that is wished. */
import { join } from 'node:path'

export type Program = { readonly name: string; readonly command: readonly string[] }
export type Places = { readonly runDir: string; readonly logDir: string }

/** `pid` is undefined between two lives. */
export type Running = { readonly pid: number | undefined }

export type Supervisor = {
  /** Starts a program unless it runs already. Resolves with whether it was started. */
  start(program: Program): Promise<boolean>
  /** Undefined when it does not run and will not. */
  running(name: string): Promise<Running | undefined>
  /** Asks it to end and waits until it has; one that has not after `patienceMs` is killed. Resolves with how it ended. */
  stop(name: string, patienceMs?: number): Promise<'not running' | 'ended' | 'killed'>
}

export function logFileOf(places: Places, name: string): string {
  return join(places.logDir, `${name}.log`)
}
