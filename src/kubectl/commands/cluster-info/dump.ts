/** `kubectl cluster-info dump`: what a person who looks for a fault wants to read, all of it. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { boolFlag, durationFlag, listFlag, stringFlag } from '#component/flags'
import type { Pod } from '#kinds/core/types.gen'
import { resourcePath } from '#meta/kind'
import { type Call, defineCommand } from '../../command.ts'
import { pods } from '../../describe/collections.ts'
import { messageOf } from '../../errors.ts'
import { allContainers } from '../../pods/containers.ts'
import { asPod } from '../../pods/pods-of.ts'
import { formatFlags, type Printer, printerOf } from '../../print/formats.ts'
import { listObjects, type ObjectList } from '../../resources/access.ts'
import { resourceNamed } from '../../resources/queries.ts'
import type { AnyObject } from '../../resources/unstructured.ts'

const dumpFlags = {
  ...formatFlags,
  'all-namespaces': boolFlag(false, 'Dump all namespaces.', { shorthand: 'A' }),
  namespaces: listFlag([], 'The namespaces to dump.'),
  output: stringFlag('json', 'How to print: json or yaml.', { shorthand: 'o' }),
  'output-directory': stringFlag('', 'Where to make a file of each list; - for standard output.'),
  'pod-running-timeout': durationFlag(20_000, 'How long to wait until a pod runs.'),
}

type DumpCall = Call<typeof dumpFlags>

/** File name and type, in the order in which they are written. */
const dumpedTypes: readonly (readonly [file: string, type: string])[] = [
  ['events', 'events'],
  ['replication-controllers', 'replicationcontrollers'],
  ['services', 'services'],
  ['daemonsets', 'daemonsets.apps'],
  ['deployments', 'deployments.apps'],
  ['replicasets', 'replicasets.apps'],
  ['pods', 'pods'],
]

export const clusterDump = defineCommand({
  name: 'dump',
  summary: 'Dump relevant information for debugging and diagnosis',
  examples: [
    ['Everything of the default namespaces to standard output', 'kubectl cluster-info dump'],
    ['Into files of a directory', 'kubectl cluster-info dump --output-directory=/path/to/cluster-state'],
  ],
  usage: '',
  flags: dumpFlags,
  async run(call) {
    const { flags, out } = call
    const print = (await printerOf(flags)) ?? (() => '')
    const write = writerOf(call)
    const extension = flags.output === 'yaml' ? 'yaml' : 'json'
    await write(`nodes.${extension}`, await listed(call, 'nodes', undefined, print))
    for (const namespace of await namespacesOf(call)) {
      for (const [file, type] of dumpedTypes)
        await write(join(namespace, `${file}.${extension}`), await listed(call, type, namespace, print))
      await dumpLogs(call, namespace, write)
    }
    const directory = flags['output-directory']
    if (directory !== '' && directory !== '-') out(`Cluster info dumped to ${directory}\n`)
  },
})

type Write = (file: string, text: string) => Promise<void>

function writerOf({ flags, out }: DumpCall): Write {
  const directory = flags['output-directory']
  if (directory === '' || directory === '-') return async (_, text) => out(text)
  return async (file, text) => {
    const path = join(directory, file)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }
}

async function namespacesOf({ flags, cluster }: DumpCall): Promise<readonly string[]> {
  if (flags['all-namespaces']) {
    const resource = await resourceNamed({ cluster }, 'namespaces')
    return ((await listObjects(cluster, resource, undefined)).items ?? []).map(({ metadata }) => metadata.name ?? '')
  }
  return flags.namespaces.length > 0 ? flags.namespaces : ['kube-system', (await cluster.namespace()).name]
}

async function listed({ cluster }: DumpCall, type: string, namespace: string | undefined, print: Printer): Promise<string> {
  const list: ObjectList = await listObjects(cluster, await resourceNamed({ cluster }, type), namespace)
  return print({ object: list as unknown as AnyObject })
}

async function dumpLogs(call: DumpCall, namespace: string, write: Write): Promise<void> {
  const found = ((await listObjects(call.cluster, pods, namespace)).items ?? []).map(asPod)
  for (const pod of found) {
    const texts = await Promise.all(allContainers(pod).map(({ name }) => logOf(call, pod, name)))
    const { name = '' } = pod.metadata
    const [head, end] = [`==== START logs for container`, `==== END logs for container`]
    const blocks = allContainers(pod).map(
      (container, index) =>
        `${head} ${container.name} of pod ${namespace}/${name} ====\n${texts[index]}${end} ${container.name} of pod ${namespace}/${name} ====\n`,
    )
    await write(join(namespace, name, 'logs.txt'), blocks.join(''))
  }
}

async function logOf({ cluster }: DumpCall, { metadata }: Pod, container: string): Promise<string> {
  const path = resourcePath(pods, metadata.namespace, encodeURIComponent(metadata.name ?? ''), 'log')
  try {
    const chunks: Uint8Array[] = []
    for await (const chunk of await cluster.stream({ method: 'GET', path, query: { container } })) chunks.push(chunk)
    return Buffer.concat(chunks).toString()
  } catch (error) {
    return `Request log error: ${messageOf(error)}\n`
  }
}
