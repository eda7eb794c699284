/** `kubectl annotate`. */
import { metadataCommand } from '../metadata/metadata-command.ts'

export const annotate = metadataCommand({
  name: 'annotate',
  field: 'annotations',
  noun: 'annotation',
  done: 'annotated',
  undone: 'annotated',
  unchanged: 'annotated',
  summary: 'Update the annotations on a resource',
  examples: [
    ['Describe a pod', "kubectl annotate pods web description='my frontend'"],
    ['Take the annotation away', 'kubectl annotate pods web description-'],
  ],
})
