/** `kubectl kustomize`: not built in, so it says what to do instead. */
import { boolFlag, stringFlag } from '#component/flags'
import { defineCommand } from '../command.ts'
import { CommandError } from '../errors.ts'

export const kustomize = defineCommand({
  name: 'kustomize',
  summary: 'Build a kustomization target from a directory or URL',
  description: 'Navarch\'s kubectl does not build kustomizations itself: "kustomize build DIR | kubectl apply -f -" does.',
  usage: 'DIR',
  flags: {
    'enable-helm': boolFlag(false, 'Without effect.'),
    output: stringFlag('', 'Without effect.', { shorthand: 'o' }),
  },
  async run({ args }) {
    const [directory = '.'] = args
    throw new CommandError(
      `kustomize is not part of Navarch's kubectl: run "kustomize build ${directory}" and pipe what it prints into "kubectl apply -f -"`,
    )
  },
})
