/** `kubectl top pod`. */
import { boolFlag, stringFlag } from '#component/flags'
import { type Call, defineCommand } from '../../command.ts'
import { UsageError } from '../../errors.ts'
import { TabWriter, tableOptions } from '../../print/tab-writer.ts'
import { getObject, listObjects } from '../../resources/access.ts'
import {
  type Amounts,
  amountsOf,
  cpuText,
  memoryText,
  orderBy,
  type PodMetrics,
  podMetrics,
  requireMetrics,
  sumOf,
} from '../../top/metrics.ts'

const topFlags = {
  'all-namespaces': boolFlag(false, 'Look in all namespaces.', { shorthand: 'A' }),
  containers: boolFlag(false, 'A line for each container.'),
  'field-selector': stringFlag('', 'Only pods with these fields.'),
  'no-headers': boolFlag(false, 'Leave the header out.'),
  selector: stringFlag('', 'Only pods with these labels.', { shorthand: 'l' }),
  'sort-by': stringFlag('', 'Order: cpu or memory.'),
  sum: boolFlag(false, 'End with the sum.'),
}

type TopCall = Call<typeof topFlags>
type Row = { readonly cells: readonly string[]; readonly used: Amounts }

export const topPod = defineCommand({
  name: 'pod',
  summary: 'Display resource (CPU/memory) usage of pods',
  usage: '[NAME | -l label]',
  flags: topFlags,
  async run(call) {
    const { flags, args, out, err, cluster } = call
    const order = orderBy<Row>(
      flags['sort-by'],
      ({ used }) => used,
      ({ cells }) => cells.join('\t'),
    )
    if (args.length > 1) throw new UsageError(`unexpected arguments: [${args.join(' ')}]`)
    if (args.length === 1 && flags.selector !== '') throw new UsageError('only one of NAME or --selector can be provided')
    await requireMetrics(call)
    const rows = (await metricsOf(call)).flatMap((metrics) => rowsOf(call, metrics)).toSorted(order)
    if (rows.length === 0)
      return err(
        flags['all-namespaces'] ? 'No resources found\n' : `No resources found in ${(await cluster.namespace()).name} namespace.\n`,
      )
    const lines = [...headerOf(call), ...rows.map(lineOf), ...(flags.sum ? sumLines(call, rows) : [])]
    out(new TabWriter(tableOptions).format(lines.map((line) => `${line}\n`).join('')))
  },
})

async function metricsOf({ flags, args, cluster }: TopCall): Promise<readonly PodMetrics[]> {
  const namespace = flags['all-namespaces'] ? undefined : (await cluster.namespace()).name
  const [name] = args
  if (name !== undefined) return [podMetrics.decode(await getObject(cluster, { resource: podMetrics, namespace, name }))]
  const query = { labelSelector: flags.selector || undefined, fieldSelector: flags['field-selector'] || undefined }
  return ((await listObjects(cluster, podMetrics, namespace, query)).items ?? []).map(podMetrics.decode)
}

function rowsOf({ flags }: TopCall, { metadata, containers = [] }: PodMetrics): readonly Row[] {
  const place = flags['all-namespaces'] ? [metadata.namespace ?? ''] : []
  const { name = '' } = metadata
  if (!flags.containers) return [{ cells: [...place, name], used: sumOf(containers.map(({ usage }) => amountsOf(usage))) }]
  return containers.map((container) => ({ cells: [...place, name, container.name], used: amountsOf(container.usage) }))
}

function headerOf({ flags }: TopCall): readonly string[] {
  if (flags['no-headers']) return []
  const place = flags['all-namespaces'] ? ['NAMESPACE'] : []
  const names = flags.containers ? ['POD', 'NAME'] : ['NAME']
  return [[...place, ...names, 'CPU(cores)', 'MEMORY(bytes)'].join('\t')]
}

function lineOf({ cells, used }: Row): string {
  return [...cells, cpuText(used), memoryText(used)].join('\t')
}

function sumLines({ flags }: TopCall, rows: readonly Row[]): readonly string[] {
  const blanks = (flags['all-namespaces'] ? 1 : 0) + (flags.containers ? 1 : 0)
  const empty = Array<string>(blanks).fill('')
  return [[...empty, '', '________', '________'].join('\t'), lineOf({ cells: [...empty, ''], used: sumOf(rows.map(({ used }) => used)) })]
}
