/** `navarch images`: what the node's runtime has, more of it, and less of it. */
import { existsSync } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { listImages, loadImages, removeImage } from '../images/image-store.ts'
import { layoutOf } from '../layout.ts'
import { dataDirFlag, type Host, localCommand } from '../local-command.ts'
import { connectToRuntime } from '../node-containerd.ts'
import { LocalError } from '../settings.ts'

export const images = localCommand({
  name: 'images',
  summary: 'List, load and remove images of the node',
  usage: 'list | load FILE... | load - | rm IMAGE...',
  flags: dataDirFlag,
  async run(host, flags, { args: [verb = 'list', ...names], signal }) {
    const layout = layoutOf(flags['data-dir'])
    using cri = await connectToRuntime(layout, host.clock)
    const deps = { cri, socket: layout.containerdSocket, clock: host.clock }
    switch (verb) {
      case 'list':
        for (const line of tableOf(await listImages(deps, signal))) host.stdout.write(`${line}\n`)
        return 0
      case 'load':
        if (names.length === 0) throw new LocalError('name the archives to load, or - for standard input: navarch images load nginx.tar')
        for (const name of names) {
          for (const image of await loadImages(deps, await archiveOf(name, host), signal)) host.stdout.write(`loaded ${image}\n`)
        }
        return 0
      case 'rm':
        for (const name of names) {
          if (!(await removeImage(deps, name, signal)))
            throw new LocalError(`there is no image ${JSON.stringify(name)}: see "navarch images list"`)
          host.stdout.write(`removed ${name}\n`)
        }
        return 0
      default:
        throw new LocalError(`unknown command ${JSON.stringify(verb)} for "navarch images": list, load or rm`)
    }
  },
})

async function archiveOf(name: string, host: Host): Promise<string | Uint8Array> {
  if (name === '-') return await buffer(host.stdin)
  if (!existsSync(name)) throw new LocalError(`there is no file ${name}`)
  return name
}

function tableOf(list: Awaited<ReturnType<typeof listImages>>): readonly string[] {
  const rows = list.flatMap((image) =>
    image.repoTags.map((tag) => ({ tag, id: image.id.replace('sha256:', '').slice(0, 12), size: megabytes(image.size) })),
  )
  const width = Math.max(5, ...rows.map(({ tag }) => tag.length)) + 3
  const lines = rows.toSorted((one, two) => (one.tag < two.tag ? -1 : 1)).map(({ tag, id, size }) => `${tag.padEnd(width)}${id}   ${size}`)
  return [`${'IMAGE'.padEnd(width)}${'ID'.padEnd(12)}   SIZE`, ...lines]
}

function megabytes(size: bigint): string {
  return `${(Number(size) / 1e6).toFixed(1)}MB`
}
