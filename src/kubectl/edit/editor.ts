/** Opens a text in the user's editor: $KUBE_EDITOR, $EDITOR, or vi. */
import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Host } from '../command.ts'
import { CommandError } from '../errors.ts'

export type Edited = { readonly path: string; readonly text: string }

/** The file stays: the caller removes it, or tells the user where it is. */
export async function editText(host: Host, text: string, extension: string): Promise<Edited> {
  const path = join(tmpdir(), `kubectl-edit-${Number.parseInt(host.random.uuid().slice(0, 8), 16)}${extension}`)
  await writeFile(path, text, { mode: 0o600 })
  const { environment } = host
  await launch(environment['KUBE_EDITOR'] || environment['EDITOR'] || 'vi', path, environment)
  return { path, text: await readFile(path, 'utf8') }
}

/** An editor may be a command line: quotes need a shell. */
function launch(editor: string, path: string, environment: Host['environment']): Promise<void> {
  const needsShell = /["'\\]/.test(editor)
  const [program = editor, ...words] = needsShell ? ['/bin/bash', '-c', `${editor} ${path}`] : [...editor.split(' '), path]
  return new Promise((resolve, reject) => {
    const failed = () => reject(new CommandError(`there was a problem with the editor ${JSON.stringify(editor)}`))
    const child = spawn(program, words, { stdio: 'inherit', env: { ...environment } })
    child.on('error', failed)
    child.on('exit', (status) => (status === 0 ? resolve() : failed()))
  })
}
