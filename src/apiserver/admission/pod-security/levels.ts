/** The levels that a namespace's labels ask for. Pure. */
import { type FieldErrors, FieldPath, invalid } from '#meta/field-path'
import { baselineChecks } from './baseline-checks.ts'
import type { Check, Finding, PodUnderTest } from './check.ts'
import { restrictedChecks } from './restricted-checks.ts'

const prefix = 'pod-security.kubernetes.io/'
const levels = ['privileged', 'baseline', 'restricted'] as const
const modes = ['enforce', 'audit', 'warn'] as const

export type LevelName = (typeof levels)[number]
export type Mode = (typeof modes)[number]
export type Labels = Readonly<Record<string, string>>

/** A level as of a version; `minor` is undefined for the latest. */
export type Level = { readonly name: LevelName; readonly minor: number | undefined }

/** The level of one mode. A label that cannot be read counts as the strictest, since somebody wanted protection. */
export function levelOf(labels: Labels, mode: Mode): Level {
  const text = labels[`${prefix}${mode}`]
  if (text === undefined) return { name: 'privileged', minor: undefined }
  const name = levels.find((level) => level === text) ?? 'restricted'
  return { name, minor: minorOf(labels[`${prefix}${mode}-version`] ?? 'latest') }
}

export function* labelErrors(labels: Labels): FieldErrors {
  const at = FieldPath.of('metadata', 'labels')
  for (const mode of modes) {
    const [levelKey, versionKey] = [`${prefix}${mode}`, `${prefix}${mode}-version`]
    const [level, version] = [labels[levelKey], labels[versionKey]]
    if (level !== undefined && !levels.some((one) => one === level))
      yield invalid(at.key(levelKey), level, `must be one of ${levels.join(', ')}`)
    if (version !== undefined && !versionForm.test(version)) {
      yield invalid(at.key(versionKey), version, 'must be "latest" or "v1.x"')
    }
  }
}

const versionForm = /^(latest|v1\.(0|[1-9][0-9]{0,4}))$/

function minorOf(version: string): number | undefined {
  const minor = versionForm.exec(version)?.[2]
  return minor === undefined ? undefined : Number(minor)
}

/** As messages name it: `restricted:latest`, `baseline:v1.24`. */
export function levelText({ name, minor }: Level): string {
  return `${name}:${minor === undefined ? 'latest' : `v1.${minor}`}`
}

export function findingsFor(level: Level, pod: PodUnderTest): readonly Finding[] {
  return checksFor(level)
    .map((check) => check.find(pod, level.minor ?? Number.POSITIVE_INFINITY))
    .filter((finding) => finding !== undefined)
}

/** `reason (detail), reason (detail)`. */
export function findingsText(findings: readonly Finding[]): string {
  return findings.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`)).join(', ')
}

function checksFor({ name, minor = Number.POSITIVE_INFINITY }: Level): readonly Check[] {
  if (name === 'privileged') return []
  const inForce = (check: Check) => check.sinceMinor <= minor
  const restricted = name === 'restricted' ? restrictedChecks.filter(inForce) : []
  const replaced = new Set(restricted.map((check) => check.replaces))
  return [...baselineChecks.filter((check) => inForce(check) && !replaced.has(check.id)), ...restricted]
}
