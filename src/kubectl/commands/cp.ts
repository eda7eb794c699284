/** `kubectl cp`: files into a container and out of it, with the container's own tar. */
import { lstat } from 'node:fs/promises'
import { basename, posix } from 'node:path'
import { boolFlag, intFlag, stringFlag } from '#component/flags'
import { type Call, defineCommand } from '../command.ts'
import { type FileSpec, parseFileSpec } from '../copy/file-spec.ts'
import { packedTree } from '../copy/pack.ts'
import { unpackTree } from '../copy/unpack.ts'
import { pods } from '../describe/collections.ts'
import { CommandError } from '../errors.ts'
import { chosenContainer } from '../pods/containers.ts'
import { getObject } from '../resources/access.ts'
import { type ContainerCommand, commandOutcome } from '../streams/container-command.ts'
import { exitStatusOf } from '../streams/terminal.ts'

const copyFlags = {
  container: stringFlag('', 'The container; the default one of the pod unless given.', { shorthand: 'c' }),
  'no-preserve': boolFlag(false, 'Owners and permissions do not come along into the container.'),
  retries: intFlag(0, 'Without effect: what comes out of a container is read once.'),
}

type CopyCall = Call<typeof copyFlags>
type Remote = FileSpec & { readonly type: 'remote' }

export const cp = defineCommand({
  name: 'cp',
  summary: 'Copy files and directories to and from containers',
  description: 'The image of the container must have "tar".',
  examples: [
    ['A directory into a pod', 'kubectl cp /tmp/foo_dir some-pod:/tmp/bar_dir'],
    ['A file into a certain container', 'kubectl cp /tmp/foo some-pod:/tmp/bar -c web'],
    ['A file out of a pod of another namespace', 'kubectl cp some-namespace/some-pod:/tmp/foo /tmp/bar'],
  ],
  usage: '<file-spec-src> <file-spec-dest>',
  flags: copyFlags,
  async run(call) {
    const [from, to, ...more] = call.args
    if (from === undefined || to === undefined || more.length > 0) throw new CommandError('source and destination are required')
    const [source, target] = [parseFileSpec(from), parseFileSpec(to)]
    if (source.type === 'remote' && target.type === 'remote')
      throw new CommandError('one of src or dest must be a local file specification')
    if (source.path === '' || target.path === '') throw new CommandError('filepath can not be empty')
    if (source.type === 'remote') return await copyOut(call, source, target.path)
    if (target.type === 'remote') return await copyIn(call, source.path, target)
    throw new CommandError('one of src or dest must be a remote file specification')
  },
})

type Place = Pick<ContainerCommand, 'pod' | 'container'>

async function placeOf({ cluster, flags }: CopyCall, { namespace, pod: name }: Remote, warn: (text: string) => void): Promise<Place> {
  const own = namespace ?? (await cluster.namespace()).name
  const pod = pods.decode(await getObject(cluster, { resource: pods, namespace: own, name }))
  return { pod, container: chosenContainer(pod, flags.container, warn).name }
}

async function copyIn(call: CopyCall, path: string, target: Remote): Promise<number> {
  const exists = await lstat(path).then(
    () => true,
    () => false,
  )
  if (!exists) throw new CommandError(`${path} doesn't exist in local filesystem`)
  const place = await placeOf(call, target, call.err)
  const isDirectory = await commandOutcome(call, { ...place, command: ['test', '-d', target.path] })
  const goal = isDirectory.kind === 'success' ? posix.join(target.path, basename(path)) : target.path.replace(/(.)\/+$/, '$1')
  const keeps = call.flags['no-preserve'] ? ['--no-same-permissions', '--no-same-owner'] : []
  const command = ['tar', ...keeps, '-xmf', '-', '-C', posix.dirname(goal)]
  const input = packedTree(path, posix.basename(goal))
  const outcome = await commandOutcome(call, {
    ...place,
    command,
    input,
    onOutput: async (output) => {
      for await (const chunk of output) call.out(String(chunk))
    },
    onError: call.err,
  })
  return exitStatusOf(outcome, call.err)
}

async function copyOut(call: CopyCall, source: Remote, target: string): Promise<number> {
  const place = await placeOf(call, source, call.out)
  const unpacking = { source: source.path, target, warn: call.err }
  const outcome = await commandOutcome(call, {
    ...place,
    command: ['tar', 'cf', '-', source.path],
    onOutput: (archive) => unpackTree(archive, unpacking),
    // As upstream: what the container's tar has to say goes to standard output.
    onError: call.out,
  })
  return exitStatusOf(outcome, call.err)
}
