/** `kubectl label`. */
import { metadataCommand } from '../metadata/metadata-command.ts'

export const label = metadataCommand({
  name: 'label',
  field: 'labels',
  noun: 'label',
  done: 'labeled',
  undone: 'unlabeled',
  unchanged: 'not labeled',
  summary: 'Update the labels on a resource',
  examples: [
    ["Give pod web the label 'tier' and the value 'front'", 'kubectl label pods web tier=front'],
    ['Take the label away', 'kubectl label pods web tier-'],
  ],
})
