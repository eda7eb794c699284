/** Writes secrets so that nobody else can read them and a crash leaves either the old file or the new one. The only file here with I/O. */
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Credential } from './authority.ts'

/** Replaces the file in one step; mode 0600. */
export async function writeKeyFile(path: string, content: string): Promise<void> {
  await writeAtomically(path, content, 0o600)
}

/** Writes NAME.crt (0644) and NAME.key (0600), the key first, so that a certificate on disk always has its key. */
export async function writeCredential(directory: string, name: string, credential: Credential): Promise<void> {
  await writeAtomically(join(directory, `${name}.key`), credential.privateKeyPem, 0o600)
  await writeAtomically(join(directory, `${name}.crt`), credential.certificatePem, 0o644)
}

async function writeAtomically(path: string, content: string, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 })
  const draft = `${path}.new`
  await rm(draft, { force: true })
  const file = await open(draft, 'wx', mode)
  try {
    await file.writeFile(content)
    await file.sync()
  } catch (error) {
    // The system names no file when it has no room for its content.
    throw Object.assign(error as Error, { path: draft })
  } finally {
    await file.close()
  }
  await rename(draft, path)
}
