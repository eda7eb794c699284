/** `navarch server`: the control plane in the foreground; `up` runs it under its supervisor. */
import { intFlag } from '#component/flags'
import { textLog } from '#component/text-log'
import { ensurePki } from '../cluster-pki.ts'
import { controlPlaneHosts } from '../control-plane/hosts.ts'
import { layoutOf } from '../layout.ts'
import { dataDirFlag, localCommand } from '../local-command.ts'
import { runServer } from '../server.ts'
import { existingSettings, LocalError } from '../settings.ts'

export const server = localCommand({
  name: 'server',
  summary: 'Run the control plane in the foreground',
  usage: '',
  flags: { ...dataDirFlag, 'control-plane': intFlag(0, 'which of several control planes this one is, from 1 on') },
  async run(host, flags, { signal }) {
    const layout = layoutOf(flags['data-dir'])
    const settings = await existingSettings(layout)
    const pki = await ensurePki(layout.pkiDir, settings, host.clock)
    const number = flags['control-plane']
    const hosts = controlPlaneHosts(settings)
    const own = hosts.find((one) => one.number === number)
    if (own === undefined && (hosts.length > 0 || number !== 0))
      throw new LocalError(
        `the cluster in ${layout.root} has ${settings.controlPlanes} control planes: there is no --control-plane=${number}`,
      )
    const log = textLog(host.stderr, 'info', host.clock)
    await runServer({ clock: host.clock, random: host.random, log }, { layout, settings, pki, host: own }, signal)
    return 0
  },
})
