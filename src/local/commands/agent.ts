/** `navarch agent`: the node process in the foreground; `up` runs it under its supervisor. */
import { textLog } from '#component/text-log'
import { runAgent } from '../agent.ts'
import { ensurePki } from '../cluster-pki.ts'
import { layoutOf } from '../layout.ts'
import { dataDirFlag, localCommand } from '../local-command.ts'
import { existingSettings } from '../settings.ts'

export const agent = localCommand({
  name: 'agent',
  summary: 'Run the node process in the foreground',
  usage: '',
  flags: dataDirFlag,
  async run(host, flags, { signal }) {
    const layout = layoutOf(flags['data-dir'])
    const settings = await existingSettings(layout)
    const pki = await ensurePki(layout.pkiDir, settings, host.clock)
    const log = textLog(host.stderr, 'info', host.clock)
    await runAgent({ clock: host.clock, random: host.random, log }, { layout, settings, pki, version: host.version }, signal)
    return 0
  },
})
