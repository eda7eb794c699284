/** Bundles `bin/main.ts` and what it needs, dependencies too, into dist/. */
import { copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Plugin } from 'esbuild'
import { modelsDirectory, textsFileName, textsOfDeclarations } from '#apiserver/openapi/texts'
import { buildDirectory, keyFileName, sourcesKey } from '../../bin/fresh-build.mjs'

const root = join(import.meta.dirname, '../..')

/** Files that stand beside their module and are no modules themselves. */
const assets = ['src/local/processes/supervise.sh']

/** Threads: each starts from a file of its own. */
const workers = ['src/store/sqlite/worker.ts']

/** A bundle that is half written, or of sources that changed meanwhile, never takes the place of the last one. */
export async function bundle(): Promise<void> {
  const unfinished = `${buildDirectory}.${process.pid}`
  const key = sourcesKey()
  try {
    await build({
      absWorkingDir: root,
      entryPoints: ['bin/main.ts', ...workers],
      entryNames: '[name]',
      chunkNames: '[name]-[hash]',
      outdir: unfinished,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      // Commands load their code when they are called: that stays so.
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node24',
      external: ['@kubernetes/client-node'],
      banner: { js: requireForCommonJs },
      plugins: [builtWorkers],
      logLevel: 'warning',
    })
    for (const asset of assets) await copyFile(join(root, asset), join(unfinished, asset.slice(asset.lastIndexOf('/') + 1)))
    await writeTexts(unfinished)
    await writeFile(join(unfinished, keyFileName), key)
    if (sourcesKey() !== key) throw new Error('sources changed during the build: run it again')
    await rm(buildDirectory, { recursive: true, force: true })
    await rename(unfinished, buildDirectory)
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

/** What the fields of the API mean, from a package that a release does not bring along. */
async function writeTexts(directory: string): Promise<void> {
  const models = modelsDirectory()
  if (models === undefined) return
  const packed = gzipSync(JSON.stringify(textsOfDeclarations(models)), { level: 9 })
  await writeFile(join(directory, textsFileName), packed)
}

/** CommonJS dependencies call `require` for Node's own modules; an ES module has none. */
const requireForCommonJs = `import { createRequire as navarchRequire } from 'node:module'; const require = navarchRequire(import.meta.url);`

/** In the bundle a thread's file is no TypeScript any more, and stands beside all others. */
const builtWorkers: Plugin = {
  name: 'built-workers',
  setup(build) {
    build.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      const contents = source.replace(/new URL\('\.\/([\w-]+)\.ts', import\.meta\.url\)/g, (_, name: string) => {
        const worker = join(dirname(relative(root, path)), `${name}.ts`)
        if (!workers.includes(worker)) throw new Error(`${worker} is started from a file of its own: name it in tools/build/bundle.ts`)
        return `new URL('./${name}.mjs', import.meta.url)`
      })
      return { loader: 'ts', contents }
    })
  },
}
