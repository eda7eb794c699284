/** `navarch logs`: what the cluster's own processes wrote. */
import { createReadStream, existsSync, watch } from 'node:fs'
import { stat } from 'node:fs/promises'
import { boolFlag, intFlag } from '#component/flags'
import { layoutOf } from '../layout.ts'
import { dataDirFlag, localCommand } from '../local-command.ts'
import { tailOffset } from '../processes/log-tail.ts'
import { logFileOf } from '../processes/supervisor.ts'
import { programNamesOf } from '../programs.ts'
import { LocalError, oneControlPlane, readSettings } from '../settings.ts'

export const logs = localCommand({
  name: 'logs',
  summary: 'Show the log of the control plane, the node or containerd',
  usage: `[${programNamesOf(oneControlPlane).join(' | ')}]`,
  flags: {
    ...dataDirFlag,
    follow: boolFlag(false, 'go on as it grows', { shorthand: 'f' }),
    tail: intFlag(100, 'how many lines from the end; -1 for all'),
  },
  async run(host, flags, { args: [chosen], signal }) {
    const layout = layoutOf(flags['data-dir'])
    const names = programNamesOf((await readSettings(layout.settingsFile)) ?? oneControlPlane)
    const name = chosen ?? names.find((one) => one.startsWith('server')) ?? ''
    if (!names.includes(name)) throw new LocalError(`unknown component ${JSON.stringify(name)}: one of ${names.join(', ')}`)
    const path = logFileOf(layout, name)
    if (!existsSync(path)) throw new LocalError(`there is no log of ${name} yet: start the cluster with "navarch up"`)
    let offset = await copyFrom(path, await tailOffset(path, flags.tail), host.stdout)
    if (!flags.follow) return 0
    const watcher = watch(path)
    signal.addEventListener('abort', () => watcher.close(), { once: true })
    for await (const _change of changesOf(watcher)) offset = await copyFrom(path, offset, host.stdout)
    return 0
  },
})

/** Copies from `offset` to the end and resolves with the new end; a file that shrank begins anew. */
async function copyFrom(path: string, offset: number, to: NodeJS.WritableStream): Promise<number> {
  const { size } = await stat(path)
  const start = size < offset ? 0 : offset
  for await (const chunk of createReadStream(path, { start })) to.write(chunk)
  return size
}

async function* changesOf(watcher: ReturnType<typeof watch>): AsyncGenerator<void> {
  let wake: (isOver: boolean) => void = () => {}
  watcher.on('change', () => wake(false))
  watcher.on('close', () => wake(true))
  while (!(await new Promise<boolean>((resolve) => (wake = resolve)))) yield
}
