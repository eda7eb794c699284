/** `navarch balancer`: the one address of several control planes, in the foreground; `up` runs it under its supervisor. */
import { textLog } from '#component/text-log'
import { runBalancer } from '../balancer/balancer.ts'
import { Readiness } from '../balancer/readiness.ts'
import { ensurePki } from '../cluster-pki.ts'
import { controlPlaneHosts } from '../control-plane/hosts.ts'
import { layoutOf } from '../layout.ts'
import { dataDirFlag, localCommand } from '../local-command.ts'
import { existingSettings, LocalError } from '../settings.ts'

export const balancer = localCommand({
  name: 'balancer',
  summary: 'Pass clients on to the control planes, in the foreground',
  usage: '',
  flags: dataDirFlag,
  async run(host, flags, { signal }) {
    const layout = layoutOf(flags['data-dir'])
    const settings = await existingSettings(layout)
    const addresses = controlPlaneHosts(settings).map(({ address }) => address)
    if (addresses.length === 0) throw new LocalError(`the cluster in ${layout.root} has one control plane: it needs no balancer`)
    const { authority } = await ensurePki(layout.pkiDir, settings, host.clock)
    using readiness = new Readiness(host.clock, { port: settings.apiPort, caPem: authority.certificatePem })
    const log = textLog(host.stderr, 'info', host.clock)
    const check = (address: string, stop: AbortSignal) => readiness.check(address, stop)
    const options = { host: '0.0.0.0', port: settings.apiPort, backendPort: settings.apiPort, addresses }
    await runBalancer({ clock: host.clock, log, check }, options, signal)
    return 0
  },
})
