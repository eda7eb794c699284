/** `navarch up`: from nothing, or from whatever is there, to a node that is Ready. Running it again changes nothing. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Listr } from 'listr2'
import { type Clock, sleep } from '#base/env/clock'
import { Client } from '#client/client'
import { fixedEndpoint } from '#client/endpoint'
import { HttpTransport } from '#client/http-transport'
import { kubeconfigPaths } from '#client/kubeconfig-file'
import { boolFlag, mapFlag, stringFlag } from '#component/flags'
import { isReadyNode } from '#domain/node-readiness'
import { Node } from '#kinds/core/node.kind'
import { openCriClient } from '#net/cri/client'
import { changeUserKubeconfig, type KubeconfigFacts, withCluster, writeOwnKubeconfig } from '../cluster-kubeconfig.ts'
import { type ClusterPki, ensurePki } from '../cluster-pki.ts'
import { untilReady, writeContainerdConfig } from '../containerd/containerd.ts'
import { refuseMissingEtcd } from '../control-plane/etcd-member.ts'
import { ensureHostNetwork } from '../control-plane/host-network.ts'
import { controlPlaneHosts, hostBridge } from '../control-plane/hosts.ts'
import { listImages, loadImages } from '../images/image-store.ts'
import { imageArchitecture, pauseImage, pauseImageName } from '../images/pause-image.ts'
import { type Layout, layoutOf } from '../layout.ts'
import { dataDirFlag, type Host, localCommand } from '../local-command.ts'
import { ensureSettings, settingsFlags } from '../new-settings.ts'
import { containerdOptionsOf, containerdPathsOf } from '../node-containerd.ts'
import { type StartWatch, watchStart } from '../processes/start-failure.ts'
import { logFileOf } from '../processes/supervisor.ts'
import { programNamesOf, programsOf, serverNamesOf, supervisorOf } from '../programs.ts'
import { LocalError, type Settings } from '../settings.ts'
import { StepLogger } from '../step-logger.ts'

const upFlags = {
  ...dataDirFlag,
  ...settingsFlags,
  load: stringFlag('', 'a directory of image archives to load into the node'),
  kubeconfig: stringFlag('', "the kubeconfig that gets the context; the user's own unless told otherwise"),
  'registry-mirror': mapFlag(
    {},
    'mirrors that are asked for images first: docker.io=http://10.0.0.5:5000; _default stands for every registry',
  ),
  wait: boolFlag(true, 'wait until the node is Ready'),
}

type Flags = { readonly [K in keyof typeof upFlags]: (typeof upFlags)[K]['default'] }
type Context = { settings: Settings; pki: ClusterPki; containerdConfig: string; start: StartWatch }

const readyTimeoutMs = 60_000
const lookAgainMs = 25

export const up = localCommand({
  name: 'up',
  summary: 'Start a cluster on this machine',
  usage: '',
  flags: upFlags,
  async run(host, flags, { given, signal }) {
    const layout = layoutOf(flags['data-dir'])
    if (process.getuid?.() !== 0) throw new LocalError('a node needs root: run "sudo navarch up"')
    const startedMs = host.clock.monotonicMs()
    const { settings } = await stepsOf({ host, flags, given, layout, signal }).run()
    const seconds = ((host.clock.monotonicMs() - startedMs) / 1000).toFixed(1)
    host.stdout.write(nextSteps(seconds, settings.name))
    return 0
  },
})

type Run = {
  readonly host: Host
  readonly flags: Flags
  readonly given: ReadonlySet<string>
  readonly layout: Layout
  readonly signal: AbortSignal
}

function stepsOf(run: Run): Listr<Context> {
  const { host, flags, given, layout, signal } = run
  const { clock } = host
  return new Listr<Context>(
    [
      {
        title: 'settings',
        task: async (context, task) => {
          context.settings = await ensureSettings(flags, given, layout)
          task.title = `settings: node ${context.settings.nodeName}, ${context.settings.nodeAddress}`
        },
      },
      {
        title: 'certificates and kubeconfigs',
        task: async (context) => {
          context.pki = await ensurePki(layout.pkiDir, context.settings, clock)
          await writeKubeconfigs(host, flags, layout, context)
        },
      },
      {
        title: 'processes: containerd, server, agent',
        task: async (context, task) => {
          task.title = `processes: ${programNamesOf(context.settings).join(', ')}`
          await prepareHosts(host, context.settings)
          context.containerdConfig = await writeContainerdConfig({
            ...containerdOptionsOf(layout, logFileOf(layout, 'containerd')),
            mirrors: flags['registry-mirror'],
          })
          const started = await startPrograms(run, context)
          if (started.length === 0) task.title = 'processes: all running already'
        },
      },
      {
        title: 'images',
        task: ({ start }, task) =>
          start.during((stop) => loadMissingImages(flags, layout, clock, stop, (text) => (task.title = text)), signal),
      },
      {
        title: 'API server ready',
        task: (context) => context.start.during((stop) => untilServerReady(layout, context, clock, stop), signal),
      },
      {
        title: 'node Ready',
        enabled: () => flags.wait,
        task: (context) => context.start.during((stop) => untilNodeReady(context, clock, stop), signal),
      },
    ],
    {
      concurrent: false,
      // An interrupt is for whoever runs the steps.
      registerSignalListeners: false,
      rendererOptions: { collapseSubtasks: false, showErrorMessage: false },
      fallbackRenderer: 'simple',
      fallbackRendererOptions: { logger: new StepLogger() },
    },
  )
}

function adminFacts({ settings, pki }: Context, address: string): KubeconfigFacts {
  return {
    name: settings.name,
    server: `https://${address}:${settings.apiPort}`,
    caPem: pki.authority.certificatePem,
    credential: pki.admin,
  }
}

async function writeKubeconfigs(host: Host, flags: Flags, layout: Layout, context: Context): Promise<void> {
  const admin = adminFacts(context, '127.0.0.1')
  await writeOwnKubeconfig(layout.adminKubeconfig, admin)
  await writeOwnKubeconfig(layout.nodeKubeconfig, { ...admin, credential: context.pki.nodeClient })
  const [userFile = ''] = kubeconfigPaths(flags.kubeconfig || undefined, host.environment)
  await changeUserKubeconfig(userFile, (config) => withCluster(config, admin))
}

/** The hosts of several control planes are there before what runs on them. */
async function prepareHosts({ environment }: Host, settings: Settings): Promise<void> {
  const hosts = controlPlaneHosts(settings)
  if (hosts.length === 0) return
  refuseMissingEtcd(environment['PATH'] ?? '')
  await ensureHostNetwork(hostBridge(settings), hosts)
}

/** What this call starts, it stops again when one of them cannot start: the next `up` then finds them as this one did. */
async function startPrograms({ host, layout, signal }: Run, context: Context): Promise<readonly string[]> {
  const programs = programsOf(layout, context.settings, host.self, context.containerdConfig)
  const supervisor = supervisorOf(layout, context.settings, host.clock)
  const started: string[] = []
  context.start = await watchStart(programNamesOf(context.settings), layout, host.clock, async () => {
    await Promise.all(started.map((name) => supervisor.stop(name)))
  })
  signal.throwIfAborted()
  const starts = programs.map(async (program) => ((await supervisor.start(program)) ? [program.name] : []))
  started.push(...(await Promise.all(starts)).flat())
  return started
}

async function loadMissingImages(
  flags: Flags,
  layout: Layout,
  clock: Clock,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<void> {
  using cri = openCriClient(containerdPathsOf(layout).socket, { clock })
  await untilReady(cri, clock, signal)
  const deps = { cri, socket: layout.containerdSocket, clock }
  const present = new Set((await listImages(deps, signal)).flatMap((image) => image.repoTags))
  const archives = flags.load === '' ? [] : (await readdir(flags.load)).filter((name) => name.endsWith('.tar'))
  const loaded: string[] = []
  if (!present.has(pauseImageName)) loaded.push(...(await loadImages(deps, await pauseImage(imageArchitecture(process.arch)), signal)))
  const missing = archives.filter((name) => ![...present].some((tag) => archiveNameOf(tag) === name))
  for (const name of missing) loaded.push(...(await loadImages(deps, join(flags.load, name), signal)))
  say(loaded.length === 0 ? 'images: all there already' : `images: ${loaded.join(', ')}`)
}

/** `tools/images` names its archives after their images: navarch.dev/nginx:v1 is nginx-v1.tar. */
function archiveNameOf(tag: string): string {
  return `${tag.slice(tag.lastIndexOf('/') + 1).replace(':', '-')}.tar`
}

function clientOf(context: Context, clock: Clock, address = '127.0.0.1'): Client {
  const { server, caPem, credential } = adminFacts(context, address)
  const tls = { caPem, certificatePem: credential.certificatePem, privateKeyPem: credential.privateKeyPem }
  return new Client(new HttpTransport(fixedEndpoint(server, { tls }), { clock, userAgent: 'navarch', timeoutMs: 5000 }))
}

/** Of several control planes, each. */
async function untilServerReady(layout: Layout, context: Context, clock: Clock, signal: AbortSignal): Promise<void> {
  const supervisor = supervisorOf(layout, context.settings, clock)
  const addresses = controlPlaneHosts(context.settings).map(({ address }) => address)
  const transports = ['127.0.0.1', ...addresses].map((address) => clientOf(context, clock, address).transport)
  const names = serverNamesOf(context.settings.controlPlanes)
  await until(
    clock,
    signal,
    async () => {
      for (const name of names) {
        if ((await supervisor.running(name)) === undefined)
          throw new LocalError(`the control plane did not start: see "navarch logs ${name}"`)
      }
      const answers = transports.map((transport) => transport.request({ method: 'GET', path: '/readyz' }, signal))
      return (await Promise.allSettled(answers)).every(({ status }) => status === 'fulfilled')
    },
    `the API server is not ready: see "navarch logs ${names[0]}"`,
  )
}

async function untilNodeReady(context: Context, clock: Clock, signal: AbortSignal): Promise<void> {
  const client = clientOf(context, clock)
  const ref = { name: context.settings.nodeName }
  await until(
    clock,
    signal,
    () => client.get(Node, ref, signal).then(isReadyNode, () => false),
    'the node is not Ready: see "navarch logs agent" and "kubectl describe node"',
  )
}

async function until(clock: Clock, signal: AbortSignal, isDone: () => Promise<boolean>, complaint: string): Promise<void> {
  const deadlineMs = clock.monotonicMs() + readyTimeoutMs
  while (!(await isDone())) {
    if (clock.monotonicMs() > deadlineMs) throw new LocalError(`${complaint} (waited ${readyTimeoutMs / 1000} s)`)
    await sleep(clock, lookAgainMs, signal)
  }
}

function nextSteps(seconds: string, contextName: string): string {
  return `
The cluster is up (${seconds} s). Try:

  npx navarch kubectl get nodes
  npx navarch kubectl apply -f examples/nginx-v1.yaml
  npx navarch kubectl get pods --watch

kubectl uses it too: the context "${contextName}" is the current one.
"npx navarch status" tells what runs, "npx navarch down" stops it.
`
}
