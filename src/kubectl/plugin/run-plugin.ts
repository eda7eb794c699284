/** Runs a plugin in the place of kubectl. */
import { spawn } from 'node:child_process'
import type { Host } from '../command.ts'
import { CommandError } from '../errors.ts'

/** Resolves with its exit status. */
export function runPlugin(path: string, args: readonly string[], { environment }: Host): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { stdio: 'inherit', env: { ...environment } })
    child.on('error', (error) => reject(new CommandError(`plugin ${path} cannot be run: ${error.message}`)))
    child.on('exit', (status) => resolve(status ?? 1))
  })
}
