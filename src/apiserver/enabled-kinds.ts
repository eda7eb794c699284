/**
 * `--runtime-config`: which of the known kinds are served. Stable versions are, beta and alpha ones are not, unless told otherwise: by stage
 * (`api/all`, `api/ga`, `api/beta`, `api/alpha`), then by version (`apps/v1`), then by resource (`apps/v1/deployments`). What is narrower wins.
 */
import { type Flag, FlagError } from '#component/flags'
import type { Kind } from '#meta/kind'

export type RuntimeConfig = Readonly<Record<string, string>>

/** As upstream: a key without a value, or with an empty one, turns on. */
export const runtimeConfigFlag: Flag<RuntimeConfig> = {
  default: {},
  help: 'Versions and resources to serve or not: api/all=true, api/beta=true, GROUP/VERSION=false, GROUP/VERSION/RESOURCE=true, ...',
  placeholder: 'mapStringString',
  parse: (text, before) => ({
    ...before,
    ...Object.fromEntries(
      text
        .split(',')
        .filter((pair) => pair !== '')
        .map(pairOf),
    ),
  }),
}

function pairOf(text: string): readonly [string, string] {
  const equals = text.indexOf('=')
  return equals < 0 ? [text.trim(), ''] : [text.slice(0, equals).trim(), text.slice(equals + 1).trim()]
}

const stages = ['api/all', 'api/ga', 'api/beta', 'api/alpha'] as const
type Stage = (typeof stages)[number]

export type KindChoice = { readonly served: readonly Kind[]; readonly unserved: readonly Kind[] }

/** Throws a FlagError for what names no version. */
export function enabledKinds(kinds: readonly Kind[], config: RuntimeConfig): KindChoice {
  checkKeys(kinds, config)
  const isServed = choiceOf(config)
  const served = kinds.filter(isServed)
  return { served, unserved: kinds.filter((kind) => !served.includes(kind)) }
}

function choiceOf(config: RuntimeConfig): (kind: Kind) => boolean {
  const byStage = stages.flatMap((stage) => (config[stage] === undefined ? [] : [{ stage, isOn: stageSwitch(stage, config[stage]) }]))
  const byName = new Map(namesIn(config).map((name) => [name, switchOf(name, config[name] ?? '')]))
  return (kind) => {
    const { group, version, plural } = kind
    const named =
      byName.get(`${versionName(kind)}/${plural}`) ?? byName.get(versionName(kind)) ?? (group === '' ? byName.get(version) : undefined)
    const staged = byStage.findLast(({ stage }) => stage === 'api/all' || stage === stageOf(version))?.isOn
    return named ?? staged ?? stageOf(version) === 'api/ga'
  }
}

function namesIn(config: RuntimeConfig): readonly string[] {
  return Object.keys(config).filter((key) => key !== 'api/legacy' && !stages.some((stage) => stage === key))
}

/** As upstream, the core group is called `api`. */
function versionName({ group, version }: Kind): string {
  return `${group === '' ? 'api' : group}/${version}`
}

function stageOf(version: string): Stage {
  return version.includes('alpha') ? 'api/alpha' : version.includes('beta') ? 'api/beta' : 'api/ga'
}

function stageSwitch(stage: Stage, text: string): boolean {
  const isOn = parsedSwitch(text)
  if (isOn === undefined) throw new FlagError(`invalid value ${stage}=${text}`)
  return isOn
}

function switchOf(name: string, text: string): boolean {
  const isOn = parsedSwitch(text)
  if (isOn === undefined)
    throw new FlagError(`invalid value of ${name}: ${text}, err: strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`)
  return isOn
}

function parsedSwitch(text: string): boolean | undefined {
  if (/^(1|t|T|TRUE|true|True)?$/.test(text)) return true
  return /^(0|f|F|FALSE|false|False)$/.test(text) ? false : undefined
}

function checkKeys(kinds: readonly Kind[], config: RuntimeConfig): void {
  for (const key of ['api/all', 'api/ga', 'flowcontrol.apiserver.k8s.io/v1'])
    if (config[key] === 'false') throw new FlagError(`--runtime-config=${key}=false conflicts with --enable-priority-and-fairness=true`)
  const names = namesIn(config)
  const groups = new Set(kinds.map(({ group }) => (group === '' ? 'api' : group)))
  const versions = new Set(kinds.map(versionName))
  const unknown: string[] = []
  for (const name of names) {
    const [group = '', version, ...rest] = name.split('/')
    if (name === 'v1') continue
    if (version === undefined || rest.length > 1) throw new FlagError(`runtime-config invalid key ${name}`)
    if (!groups.has(group) || (group === 'api' && !versions.has(`${group}/${version}`))) unknown.push(name)
    else if (!versions.has(`${group}/${version}`)) throw new FlagError(`group version ${group}/${version} that has not been registered`)
  }
  if (unknown.length > 0) throw new FlagError(`unknown api groups ${unknown.join(',')}`)
}
