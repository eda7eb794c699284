/** `kubectl top node`. */
import { boolFlag, stringFlag } from '#component/flags'
import type { Node } from '#kinds/core/types.gen'
import { type Call, defineCommand } from '../../command.ts'
import { collection } from '../../describe/collections.ts'
import { CommandError, UsageError } from '../../errors.ts'
import { TabWriter, tableOptions } from '../../print/tab-writer.ts'
import { getObject, listObjects } from '../../resources/access.ts'
import { type Amounts, amountsOf, cpuText, memoryText, nodeMetrics, orderBy, requireMetrics } from '../../top/metrics.ts'

const topFlags = {
  'no-headers': boolFlag(false, 'Leave the header out.'),
  selector: stringFlag('', 'Only nodes with these labels.', { shorthand: 'l' }),
  'show-capacity': boolFlag(false, 'Percentages of what a node has instead of what pods may use.'),
  'sort-by': stringFlag('', 'Order: cpu or memory.'),
}

type TopCall = Call<typeof topFlags>
type Row = { readonly name: string; readonly used: Amounts; readonly available: Amounts }

const nodes = collection<Node>('nodes', { scope: 'Cluster' })

export const topNode = defineCommand({
  name: 'node',
  summary: 'Display resource (CPU/memory) usage of nodes',
  usage: '[NAME | -l label]',
  flags: topFlags,
  async run(call) {
    const { flags, args, out } = call
    const order = orderBy<Row>(
      flags['sort-by'],
      ({ used }) => used,
      ({ name }) => name,
    )
    if (args.length > 1) throw new UsageError(`unexpected arguments: [${args.join(' ')}]`)
    if (args.length === 1 && flags.selector !== '') throw new UsageError('only one of NAME or --selector can be provided')
    await requireMetrics(call)
    const rows = (await rowsOf(call)).toSorted(order)
    if (rows.length === 0) throw new CommandError('metrics not available yet')
    const header = flags['no-headers'] ? [] : ['NAME\tCPU(cores)\tCPU(%)\tMEMORY(bytes)\tMEMORY(%)']
    const lines = rows.map(({ name, used, available }) =>
      [
        name,
        cpuText(used),
        percent(used.milliCpu, available.milliCpu),
        memoryText(used),
        percent(used.memoryBytes, available.memoryBytes),
      ].join('\t'),
    )
    out(new TabWriter(tableOptions).format([...header, ...lines].map((line) => `${line}\n`).join('')))
  },
})

async function rowsOf({ flags, args, cluster }: TopCall): Promise<readonly Row[]> {
  const [name] = args
  const labelSelector = flags.selector || undefined
  const read = async <T>(from: typeof nodes | typeof nodeMetrics, decode: (body: unknown) => T) =>
    name === undefined
      ? ((await listObjects(cluster, from, undefined, { labelSelector })).items ?? []).map(decode)
      : [decode(await getObject(cluster, { resource: from, name }))]
  const [found, metrics] = await Promise.all([read(nodes, nodes.decode), read(nodeMetrics, nodeMetrics.decode)])
  return metrics.map(({ metadata, usage }) => {
    const status = found.find((node) => node.metadata.name === metadata.name)?.status
    return {
      name: metadata.name ?? '',
      used: amountsOf(usage),
      available: amountsOf(flags['show-capacity'] ? status?.capacity : status?.allocatable),
    }
  })
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '<unknown>' : `${Math.floor((part * 100) / whole)}%`
}
