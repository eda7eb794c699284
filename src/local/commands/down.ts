/** `navarch down`: stops everything and leaves the machine as it was; the objects stay, unless they are purged. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { Clock } from '#base/env/clock'
import { kubeconfigPaths } from '#client/kubeconfig-file'
import { boolFlag, stringFlag } from '#component/flags'
import { removeCgroupRoot } from '#kubelet/cgroups/create-pod-cgroups'
import { openCriClient } from '#net/cri/client'
import { isGrpcError } from '#net/grpc/grpc-error'
import { removeProxyRules } from '#proxy/proxy'
import { changeUserKubeconfig, withoutCluster } from '../cluster-kubeconfig.ts'
import { removeAllPods } from '../containerd/containerd.ts'
import { mountsBelow, removeLeftovers } from '../containerd/leftovers.ts'
import { removeHostNetwork } from '../control-plane/host-network.ts'
import { type Layout, layoutOf } from '../layout.ts'
import { dataDirFlag, type Host, localCommand } from '../local-command.ts'
import { containerdPathsOf } from '../node-containerd.ts'
import { logFileOf } from '../processes/supervisor.ts'
import { etcdNamesOf, serverNamesOf, supervisorOf } from '../programs.ts'
import { type RemovableSettings, salvagedSettings } from '../salvaged-settings.ts'
import { DamagedSettings, LocalError, proxyTableOf, readSettings } from '../settings.ts'

const run = promisify(execFile)
const answerTimeoutMs = 5000
const etcdPatienceMs = 3000

export const down = localCommand({
  name: 'down',
  summary: 'Stop the cluster; its objects stay for the next "up"',
  usage: '',
  flags: {
    ...dataDirFlag,
    purge: boolFlag(false, 'forget the cluster: its objects, images, certificates and kubeconfig context'),
    kubeconfig: stringFlag('', "the kubeconfig that has the context; the user's own unless told otherwise"),
  },
  async run(host, flags) {
    const layout = layoutOf(flags['data-dir'])
    if (process.getuid?.() !== 0) throw new LocalError('a node needs root: run "sudo navarch down"')
    if (!existsSync(layout.root)) {
      host.stdout.write(`There is no cluster in ${layout.root}.\n`)
      return 0
    }
    const settings = await settingsOf(layout, flags.purge)
    if (settings !== undefined) await stopAll(layout, settings, host)
    if (flags.purge) {
      const [userFile = ''] = kubeconfigPaths(flags.kubeconfig || undefined, host.environment)
      if (settings !== undefined && existsSync(userFile))
        await changeUserKubeconfig(userFile, (config) => withoutCluster(config, settings.name))
      await removeAll(layout.root)
    }
    host.stdout.write(flags.purge ? 'The cluster is gone.\n' : 'The cluster is down. "navarch up" brings it back as it was.\n')
    return 0
  },
})

/** What is to be removed anyway may be damaged. */
async function settingsOf(layout: Layout, isPurge: boolean): Promise<RemovableSettings | undefined> {
  try {
    return await readSettings(layout.settingsFile)
  } catch (error) {
    if (isPurge && error instanceof DamagedSettings) return await salvagedSettings(layout)
    throw error
  }
}

/** The agent first, so that it does not start again what is being ended; the control plane last. */
async function stopAll(layout: Layout, settings: RemovableSettings, { clock, stderr }: Host): Promise<void> {
  const supervisor = supervisorOf(layout, settings, clock)
  const stop = async (name: string) => {
    const how = await supervisor.stop(name)
    if (how === 'killed')
      stderr.write(`Warning: ${name} did not end when it was asked to, and was killed: see ${logFileOf(layout, name)}\n`)
  }
  await stop('agent')
  if ((await supervisor.running('containerd')) !== undefined && !(await endPods(layout, clock)))
    stderr.write('Warning: containerd does not answer: what is left of the pods is ended by force\n')
  await stop('containerd')
  await removeLeftovers(containerdPathsOf(layout), clock)
  if (settings.controlPlanes > 1) await stop('balancer')
  await Promise.all(serverNamesOf(settings.controlPlanes).map(stop))
  // However a member ends, it keeps what it has acknowledged; without the others it would wait for them.
  await Promise.all(etcdNamesOf(settings.controlPlanes).map((name) => supervisor.stop(name, etcdPatienceMs)))
  await removeHostNetwork(settings)
  await removeNodeTraces(layout, settings)
}

/** A directory that is a disk of its own is emptied and stays. */
async function removeAll(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EBUSY' || error.path !== path) throw error
  })
}

/** In order, by containerd. False where it does not answer: whatever it started is then found by its traces. */
async function endPods(layout: Layout, clock: Clock): Promise<boolean> {
  using cri = openCriClient(layout.containerdSocket, { clock })
  try {
    await cri.runtime.version({}, { timeoutMs: answerTimeoutMs })
    await removeAllPods(cri)
    return true
  } catch (error) {
    if (isGrpcError(error)) return false
    throw error
  }
}

async function removeNodeTraces(layout: Layout, settings: RemovableSettings): Promise<void> {
  const { name, bridge } = settings
  const mounts = mountsBelow(await readFile('/proc/self/mountinfo', 'utf8'), [layout.nodeDir])
  for (const mount of mounts) await run('umount', ['--lazy', mount])
  if (existsSync(`/sys/class/net/${bridge}`)) await run('ip', ['link', 'delete', bridge])
  await removeProxyRules(proxyTableOf(settings))
  await removeCgroupRoot({ root: `/${name}` })
  await rm(layout.cniAddressDir, { recursive: true, force: true })
  await rm(layout.runDir, { recursive: true, force: true })
}
