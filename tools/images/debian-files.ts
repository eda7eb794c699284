/** Files of Debian packages without installing them: downloaded once into a cache, unpacked, read into a layer. */
import { execFile } from 'node:child_process'
import { lstat, mkdir, readdir, readFile, readlink } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import type { LayerFile } from '#local/images/layer'

const run = promisify(execFile)

/** The packages' files below one folder, as `dpkg -x` lays them. */
export async function unpackPackages(packages: readonly string[], cache: string): Promise<string> {
  const target = join(cache, 'unpacked', packages.join('_'))
  const downloads = join(target, '.debs')
  await mkdir(downloads, { recursive: true })
  try {
    await download(packages, downloads)
  } catch {
    // The package lists may be old or not there at all.
    await run('apt-get', ['update'])
    await download(packages, downloads)
  }
  for (const name of await readdir(downloads)) await run('dpkg', ['-x', join(downloads, name), target])
  return target
}

async function download(packages: readonly string[], folder: string): Promise<void> {
  // The cache may belong to somebody that apt's own download user may not write for.
  await run('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', '--quiet', ...packages], { cwd: folder })
}

/** Everything below `folder` of an unpacked tree, with its modes and links. */
export async function filesBelow(tree: string, folder: string): Promise<LayerFile[]> {
  const entries = await readdir(join(tree, folder), { recursive: true })
  const files = await Promise.all(entries.toSorted().map((entry) => fileAt(tree, join(tree, folder, entry))))
  return files.flat()
}

async function fileAt(tree: string, path: string): Promise<LayerFile[]> {
  const facts = await lstat(path)
  const name = relative(tree, path)
  if (facts.isSymbolicLink()) return [{ path: name, linkTo: await readlink(path) }]
  if (facts.isDirectory()) return [{ path: name, isFolder: true, mode: facts.mode & 0o7777 }]
  return [{ path: name, mode: facts.mode & 0o7777, content: await readFile(path) }]
}

/** A program of the host's or an unpacked package with the shared libraries that it loads, each at its own path. */
export async function programWithLibraries(program: string): Promise<LayerFile[]> {
  const { stdout } = await run('ldd', [program])
  const libraries = [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].flatMap(([, path]) => (path === undefined ? [] : [path]))
  return Promise.all(libraries.map(async (path) => ({ path: path.slice(1), mode: 0o755, content: await readFile(path) })))
}
