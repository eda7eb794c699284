/** `kubectl set env`. */
import { text } from 'node:stream/consumers'
import { boolFlag, type Flag, listFlag, stringFlag } from '#component/flags'
import { type Call, defineCommand } from '../../command.ts'
import { fromLines } from '../../create/key-values.ts'
import { CommandError } from '../../errors.ts'
import { getObject } from '../../resources/access.ts'
import type { LiveTarget } from '../../resources/each-target.ts'
import { resolveQueries } from '../../resources/queries.ts'
import { type AnyObject, type Fields, fieldsOf, listOf, textOf, valueAt } from '../../resources/unstructured.ts'
import { changeEach, splitPairs } from '../../set/change-each.ts'
import {
  changedEnvironment,
  type EnvironmentChanges,
  parseEnvironment,
  variableName,
  variablesOf,
  variableText,
} from '../../set/environment-changes.ts'
import { containersOf, podSpecOf, withContainers, withPodSpec } from '../../set/pod-spec.ts'
import { resolvedText } from '../../set/resolved-variable.ts'
import { setFlags } from '../../set/set-flags.ts'

const envFlags = {
  ...setFlags,
  containers: stringFlag('*', 'The containers to change; * stands for any text.', { shorthand: 'c' }),
  env: { ...listFlag([], 'Variables, as NAME=VALUE.'), shorthand: 'e' } as Flag<readonly string[]>,
  from: stringFlag('', 'A ConfigMap or Secret whose entries become variables, as TYPE/NAME.'),
  keys: listFlag([], 'Only these entries of it.'),
  list: boolFlag(false, 'Show the variables.'),
  overwrite: boolFlag(true, 'Allow to change what is there already.'),
  prefix: stringFlag('', 'Goes before the names of variables of --from.'),
  resolve: boolFlag(false, 'With --list: show the values that variables refer to.'),
}

type EnvCall = Call<typeof envFlags>

export const setEnv = defineCommand({
  name: 'env',
  summary: 'Update environment variables on a pod template',
  examples: [
    ['Set a variable', 'kubectl set env deployment/web COLOR=red'],
    ['Take it away', 'kubectl set env deployment/web COLOR-'],
    ['A variable for each entry of a ConfigMap', 'kubectl set env deployment/web --from=configmap/settings'],
    ['Show what is set', 'kubectl set env deployment/web --list'],
  ],
  usage: 'RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N',
  flags: envFlags,
  async run(call) {
    const { flags, args } = call
    const { plain, pairs } = splitPairs(args)
    if (plain.length === 0 && flags.filename.length === 0)
      throw new CommandError('one or more resources must be specified as <resource> <name> or <resource>/<name>')
    if (flags.list && flags.output !== '') throw new CommandError('--list and --output may not be specified together')
    const changes = await changesOf(call, pairs)
    await changeEach(call, plain, {
      operation: 'env updated',
      failure: 'failed to patch env update to pod template: ',
      skipsUnchanged: true,
      change: (target) => changed(call, target, changes),
    })
  },
})

async function changesOf(call: EnvCall, words: readonly string[]): Promise<EnvironmentChanges> {
  const { flags, host } = call
  const { set, removed } = parseEnvironment([...flags.env, ...words.filter((word) => word !== '-')])
  const piped = words.includes('-') ? fromLines(await text(host.stdin), host.environment) : []
  return {
    set: [...piped.map(({ key, value }) => ({ name: key, value: value.toString() })), ...set, ...(await sourced(call))],
    removed,
  }
}

/** The variables of `--from`. */
async function sourced(call: EnvCall): Promise<readonly Fields[]> {
  const { flags, err } = call
  if (flags.from === '') return []
  const { queries } = await resolveQueries(call, { args: [flags.from] })
  const variables: Fields[] = []
  for (const query of queries) {
    if (query.type !== 'object') continue
    const source = await getObject(call.cluster, query)
    if (source.kind !== 'ConfigMap' && source.kind !== 'Secret') throw new CommandError(`unsupported resource specified in --from`)
    const keys = Object.keys(fieldsOf(source['data']))
      .toSorted()
      .filter((key) => flags.keys.length === 0 || flags.keys.includes(key))
    for (const key of keys) if (variableName(key) !== key) err(`Warning: key ${key} transferred to ${variableName(key)}\n`)
    variables.push(...variablesOf(source, keys, flags.prefix))
  }
  return variables
}

async function changed(call: EnvCall, target: LiveTarget, changes: EnvironmentChanges): Promise<AnyObject> {
  const { flags, err } = call
  const { object } = target
  const matching = containersOf(podSpecOf(object) ?? {}, flags.containers)
  if (matching.length === 0) {
    err(`Warning: ${object.kind}/${target.name} does not have any containers matching ${JSON.stringify(flags.containers)}\n`)
    return object
  }
  if (!flags.overwrite) for (const container of matching) refuseOverwrites(target, container, changes)
  const next = withPodSpec(
    object,
    (spec) => withContainers(spec, flags.containers, (container) => withEnvironment(container, changes)).spec,
  )
  if (!flags.list) return next
  await list(call, target, next)
  return object
}

function withEnvironment(container: Fields, changes: EnvironmentChanges): Fields {
  const env = changedEnvironment(container['env'], changes)
  const { env: _, ...rest } = container
  return env.length === 0 ? rest : { ...container, env }
}

function refuseOverwrites({ resource, name: objectName }: LiveTarget, container: Fields, { set }: EnvironmentChanges): void {
  for (const variable of listOf(container['env']).map(fieldsOf)) {
    if (set.some(({ name }) => name === variable['name']))
      throw new CommandError(
        `${resource.plural}/${objectName} '${textOf(variable['name'])}' already has a value (${textOf(variable['value'])}), and --overwrite is false`,
      )
  }
}

async function list(call: EnvCall, { object, name }: LiveTarget, next: AnyObject): Promise<void> {
  const { flags, out } = call
  for (const container of containersOf(podSpecOf(next) ?? {}, flags.containers)) {
    out(`# ${object.kind} ${name}, container ${textOf(container['name'])}\n`)
    for (const variable of listOf(valueAt(container, 'env')).map(fieldsOf))
      out(`${flags.resolve ? await resolvedText(call, variable) : variableText(variable)}\n`)
  }
}
