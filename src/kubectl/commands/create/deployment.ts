/** `kubectl create deployment`. */
import { intFlag, listFlag } from '#component/flags'
import { containerNames } from '../../create/container-names.ts'
import { commandArguments, creationCommand } from '../../create/creation.ts'
import { CommandError } from '../../errors.ts'
import { madeResources } from '../../resources/made-resources.ts'

export const createDeployment = creationCommand({
  name: 'deployment',
  aliases: ['deploy'],
  summary: 'Create a deployment with the specified name',
  examples: [
    ['A deployment of one pod', 'kubectl create deployment web --image=nginx'],
    ['Three pods that listen on port 80', 'kubectl create deployment web --image=nginx --replicas=3 --port=80'],
    ['A command of its own', 'kubectl create deployment web --image=busybox -- date'],
  ],
  usage: 'NAME --image=image -- [COMMAND] [args...]',
  flags: {
    image: listFlag([], 'Image of a container; several make several containers.'),
    port: intFlag(-1, 'The port that the container listens on.'),
    replicas: intFlag(1, 'Number of pods.', { shorthand: 'r' }),
  },
  required: ['image'],
  resource: madeResources.deployment,
  failure: 'failed to create deployment: ',
  draft(call, name) {
    const { image: images, port, replicas } = call.flags
    const command = commandArguments(call)
    if (images.length > 1 && command.length > 0) throw new CommandError('cannot specify multiple --image options and command')
    const labels = { app: name }
    const names = containerNames(images, () => call.host.random.uuid().slice(0, 5))
    const containers = images.map((image, index) => ({
      name: names[index],
      image,
      ...(command.length === 0 ? {} : { command }),
      ...(port >= 0 && index === 0 ? { ports: [{ containerPort: port }] } : {}),
      resources: {},
    }))
    return {
      metadata: { name, labels },
      spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } }, strategy: {} },
      status: {},
    }
  },
})
