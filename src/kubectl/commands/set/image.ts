/** `kubectl set image`. */
import { defineCommand } from '../../command.ts'
import { CommandError, throwAll } from '../../errors.ts'
import { changeEach, splitPairs } from '../../set/change-each.ts'
import { containersOf, podSpecOf, withContainers, withPodSpec } from '../../set/pod-spec.ts'
import { setFlags } from '../../set/set-flags.ts'

export const setImage = defineCommand({
  name: 'image',
  summary: 'Update existing container image(s) of resources',
  examples: [
    ['Another image for one container', 'kubectl set image deployment/web nginx=nginx:1.29'],
    ['For all containers', 'kubectl set image daemonset agent *=agent:2'],
  ],
  usage: '(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
  flags: setFlags,
  async run(call) {
    const { plain, pairs } = splitPairs(call.args)
    const images = new Map(pairs.map(imagePair))
    // As upstream: what is wrong with the words that name objects comes first.
    if (images.size === 0 && plain.length > 0 && plain.every((word) => word.includes('/')))
      throw new CommandError('at least one image update is required')
    if (images.size > 1 && images.has('*'))
      throw new CommandError('all containers are already specified by *, but saw more than one container_name=container_image pairs')
    const missing: unknown[] = []
    await changeEach(call, plain, {
      operation: 'image updated',
      failure: 'failed to patch image update to pod template: ',
      skipsUnchanged: true,
      change: ({ object }) => {
        let next = object
        for (const [name, image] of images) {
          if (containersOf(podSpecOf(object) ?? {}, name).length === 0)
            missing.push(new CommandError(`unable to find container named ${JSON.stringify(name)}`))
          next = withPodSpec(next, (spec) => withContainers(spec, name, (container) => ({ ...container, image })).spec)
        }
        return next
      },
    })
    throwAll(missing)
  },
})

function imagePair(text: string): readonly [string, string] {
  const equals = text.indexOf('=')
  if (equals <= 0) throw new CommandError(`invalid image spec: ${text}`)
  return [text.slice(0, equals), text.slice(equals + 1)]
}
