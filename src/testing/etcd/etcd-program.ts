/** Where etcd is on this machine, if it is. Another one than Debian's is chosen by putting it first on PATH. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The `etcd` that a shell would start. */
export const etcdProgram = programOnPath('etcd')

/** For a test's `skip`: why it cannot run here, or false. */
export const etcdMissing: string | false = etcdProgram === undefined ? 'no etcd on PATH (Debian: etcd-server)' : false

/** The first program of that name on PATH. */
export function programOnPath(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((directory) => join(directory, name))
    .find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
