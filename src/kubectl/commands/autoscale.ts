/** `kubectl autoscale`: a HorizontalPodAutoscaler for a workload. */
import { boolFlag, intFlag, stringFlag } from '#component/flags'
import { canonicalQuantity, tryParseQuantity } from '#meta/quantity'
import { type Call, defineCommand } from '../command.ts'
import { createNewObject, requireFlags } from '../create/creation.ts'
import { CommandError } from '../errors.ts'
import { formatFlags } from '../print/formats.ts'
import { dryRunFlag, dryRunOf, reporter } from '../print/outcome.ts'
import { eachLiveTarget, type LiveTarget, selectionOf } from '../resources/each-target.ts'
import { madeResources } from '../resources/made-resources.ts'
import { fileFlags } from '../resources/manifests.ts'
import { apiVersionOf } from '../resources/resource-catalog.ts'
import type { AnyObject, Fields } from '../resources/unstructured.ts'

const autoscaleFlags = {
  ...formatFlags,
  ...fileFlags,
  cpu: stringFlag('', 'Wanted use of CPU: 70% of the requests, or 500m a pod.'),
  'cpu-percent': intFlag(-1, 'Wanted use of CPU, in percent of the requests; --cpu is newer.'),
  'dry-run': dryRunFlag,
  'field-manager': stringFlag('kubectl-autoscale', 'Whose fields these are, for managedFields.'),
  max: intFlag(-1, 'Most pods that there may be.'),
  memory: stringFlag('', 'Wanted use of memory: 60% of the requests, or 200Mi a pod.'),
  min: intFlag(-1, 'Least pods that there may be.'),
  name: stringFlag('', "Name of the autoscaler; the object's own unless given."),
  'save-config': boolFlag(false, 'Remember the object for a later apply.'),
}

type AutoscaleCall = Call<typeof autoscaleFlags>

export const autoscale = defineCommand({
  name: 'autoscale',
  summary: 'Create an autoscaler that chooses and sets the number of pods that run',
  examples: [
    ['Between two and ten pods', 'kubectl autoscale deployment web --min=2 --max=10'],
    ['As many as keep the CPU at 80 percent', 'kubectl autoscale deployment web --max=5 --cpu=80%'],
  ],
  usage: '(-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [--memory=MEMORY]',
  flags: autoscaleFlags,
  async run(call) {
    const { flags, args, given, err } = call
    if (given.has('cpu-percent'))
      err(
        "Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).\n",
      )
    requireFlags(call, ['max'])
    if (flags.max < 1) throw new CommandError(`--max=MAXPODS is required and must be at least 1, max: ${flags.max}`)
    if (flags.max < flags.min)
      throw new CommandError(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${flags.max}, min: ${flags.min}`)
    const metrics = metricsOf(flags)
    const dryRun = dryRunOf(flags['dry-run'])
    const report = await reporter(call, flags, dryRun)
    const resource = madeResources.horizontalPodAutoscaler
    const count = await eachLiveTarget(call, selectionOf(flags, args), async (target) => {
      if (!target.resource.subresources.includes('scale'))
        throw new CommandError(
          `cannot autoscale a ${target.object.kind}: could not find scale subresource for ${target.resource.group}/${target.resource.version}, Resource=${target.resource.plural} in discovery information`,
        )
      const object = await createNewObject(call, resource, autoscalerFor(call, target, metrics), dryRun)
      report({ resource, object, operation: 'autoscaled', keepsOrder: true })
    })
    if (count === 0) throw new CommandError('no objects passed to autoscale')
  },
})

function autoscalerFor({ flags }: AutoscaleCall, { object, resource, name }: LiveTarget, metrics: readonly Fields[]): AnyObject {
  return {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v2',
    metadata: { name: flags.name || name },
    spec: {
      scaleTargetRef: { kind: object.kind, name, apiVersion: apiVersionOf(resource) },
      ...(flags.min > 0 ? { minReplicas: flags.min } : {}),
      maxReplicas: flags.max,
      ...(metrics.length === 0 ? {} : { metrics }),
    },
    status: { desiredReplicas: 0, currentMetrics: null },
  }
}

function metricsOf(flags: AutoscaleCall['flags']): readonly Fields[] {
  const cpu = flags.cpu === '' && flags['cpu-percent'] >= 0 ? `${flags['cpu-percent']}%` : flags.cpu
  return [
    ...(cpu === '' ? [] : [resourceMetric('cpu', cpu, 'm')]),
    ...(flags.memory === '' ? [] : [resourceMetric('memory', flags.memory, 'Mi')]),
  ]
}

/** `plainUnit` is what a number without a unit counts. */
function resourceMetric(name: 'cpu' | 'memory', text: string, plainUnit: string): Fields {
  return { type: 'Resource', resource: { name, target: metricTarget(name, text, plainUnit) } }
}

function metricTarget(name: string, text: string, plainUnit: string): Fields {
  const [, percent] = /^([0-9]+)%$/.exec(text) ?? []
  if (percent !== undefined) return { type: 'Utilization', averageUtilization: Number(percent) }
  const quantity = /^[0-9]+$/.test(text) ? text + plainUnit : text
  if (tryParseQuantity(quantity) === undefined) throw new CommandError(`invalid resource ${name} value: ${text}`)
  return { type: 'AverageValue', averageValue: canonicalQuantity(quantity) }
}
