/** `kubectl create poddisruptionbudget`. */
import { stringFlag } from '#component/flags'
import { parseSelector } from '#meta/labels'
import { creationCommand } from '../../create/creation.ts'
import { labelSelectorOf } from '../../create/label-selector.ts'
import { CommandError } from '../../errors.ts'
import { madeResources } from '../../resources/made-resources.ts'

export const createPodDisruptionBudget = creationCommand({
  name: 'poddisruptionbudget',
  aliases: ['pdb'],
  summary: 'Create a pod disruption budget with the specified name, selector, and desired minimum available pods',
  examples: [
    ['One pod of app=web has to stay', 'kubectl create poddisruptionbudget web --selector=app=web --min-available=1'],
    ['Half of them', 'kubectl create pdb web --selector=app=web --min-available=50%'],
  ],
  usage: 'NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none]',
  flags: {
    'max-unavailable': stringFlag('', 'Number or percentage of pods that may be missing.'),
    'min-available': stringFlag('', 'Number or percentage of pods that have to stay.'),
    selector: stringFlag('', 'Labels of the pods.'),
  },
  resource: madeResources.podDisruptionBudget,
  failure: 'failed to create poddisruptionbudgets: ',
  draft({ flags }, name) {
    const { 'min-available': least, 'max-unavailable': most, selector } = flags
    if (selector === '') throw new CommandError('a selector must be specified')
    if (most === '' && least === '') throw new CommandError('one of min-available or max-unavailable must be specified')
    if (most !== '' && least !== '') throw new CommandError('min-available and max-unavailable cannot be both specified')
    const spec = {
      ...(least === '' ? {} : { minAvailable: countOrPercentage(least) }),
      selector: labelSelectorOf(parseSelector(selector)),
      ...(most === '' ? {} : { maxUnavailable: countOrPercentage(most) }),
    }
    return { metadata: { name }, spec, status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 } }
  },
})

function countOrPercentage(text: string): number | string {
  return /^[0-9]+$/.test(text) ? Number(text) : text
}
