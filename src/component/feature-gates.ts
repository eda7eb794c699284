/** Which features are on: upstream's defaults, changed by `--feature-gates=Name=true,AllBeta=false`. */
import { FlagError } from './flags.ts'
import { type Gate, upstreamGates } from './upstream-gates.ts'

export type FeatureGates = { isEnabled(name: string): boolean }

/** Throws a FlagError for a gate that does not exist, and for one that can no longer be changed. */
export function featureGates(changes: Readonly<Record<string, string>>, known: ReadonlyMap<string, Gate> = upstreamGates): FeatureGates {
  const chosen = new Map<string, boolean>()
  for (const [name, text] of Object.entries(changes)) {
    const isOn = switchOf(name, text)
    const stage = stageOfGroup(name)
    if (stage !== undefined)
      for (const [member, gate] of known) if (gate.stage === stage && !Object.hasOwn(changes, member)) chosen.set(member, isOn)
    if (stage === undefined) chosen.set(name, checked(name, isOn, known.get(name)))
  }
  return { isEnabled: (name) => chosen.get(name) ?? known.get(name)?.isOn ?? false }
}

function switchOf(name: string, text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  throw new FlagError(`invalid value of ${name}=${text}, err: strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`)
}

function stageOfGroup(name: string): Gate['stage'] | undefined {
  return name === 'AllAlpha' ? 'ALPHA' : name === 'AllBeta' ? 'BETA' : undefined
}

function checked(name: string, isOn: boolean, gate: Gate | undefined): boolean {
  if (gate === undefined) throw new FlagError(`unrecognized feature gate: ${name}`)
  if (gate.stage === 'GA' && isOn !== gate.isOn)
    throw new FlagError(`cannot set feature gate ${name} to ${isOn}, feature is locked to ${gate.isOn}`)
  return isOn
}
