/** The level `restricted`: a pod runs with the least rights that do. In the order of their ids; all of `baseline` holds too. */
import type { PodSpec, Volume } from '#kinds/core/types.gen'
import { seccompUnconfined } from './baseline-checks.ts'
import {
  type AnyContainer,
  type Check,
  containersOf,
  containersText,
  distinctSorted,
  type Finding,
  namesWhere,
  type PodUnderTest,
  plural,
  quoted,
  settersText,
} from './check.ts'

export const restrictedChecks: readonly Check[] = [
  { id: 'allowPrivilegeEscalation', sinceMinor: 8, find: privilegeEscalation },
  { id: 'capabilities_restricted', sinceMinor: 22, replaces: 'capabilities_baseline', find: capabilities },
  { id: 'restrictedVolumes', sinceMinor: 0, replaces: 'hostPathVolumes', find: volumes },
  { id: 'runAsNonRoot', sinceMinor: 0, find: runAsNonRoot },
  { id: 'runAsUser', sinceMinor: 23, find: runAsUser },
  { id: 'seccompProfile_restricted', sinceMinor: 19, replaces: 'seccompProfile_baseline', find: seccompProfile },
]

/** From 1.25 on, Windows need not say what only Linux has. */
function isExemptWindows({ os }: PodSpec, minor: number): boolean {
  return os?.name === 'windows' && minor >= 25
}

function privilegeEscalation({ spec }: PodUnderTest, minor: number): Finding | undefined {
  if (isExemptWindows(spec, minor)) return undefined
  const names = namesWhere(spec, ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false)
  if (names.length === 0) return undefined
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${containersText(names)} must set securityContext.allowPrivilegeEscalation=false`,
  }
}

function capabilities({ spec }: PodUnderTest, minor: number): Finding | undefined {
  if (isExemptWindows(spec, minor)) return undefined
  const missingDrop = namesWhere(spec, ({ securityContext }) => !securityContext?.capabilities?.drop?.includes('ALL'))
  const addedOf = ({ securityContext }: AnyContainer) =>
    (securityContext?.capabilities?.add ?? []).filter((one) => one !== 'NET_BIND_SERVICE')
  const adding = namesWhere(spec, (container) => addedOf(container).length > 0)
  const added = distinctSorted(containersOf(spec).flatMap(addedOf))
  const details = [
    ...(missingDrop.length > 0 ? [`${containersText(missingDrop)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...(adding.length > 0 ? [`${containersText(adding)} must not include ${quoted(added)} in securityContext.capabilities.add`] : []),
  ]
  return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') }
}

const allowedVolumes: ReadonlySet<string> = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
])

function volumes({ spec }: PodUnderTest): Finding | undefined {
  const bad = (spec.volumes ?? []).filter((volume) => !allowedVolumes.has(typeOf(volume)))
  if (bad.length === 0) return undefined
  const types = distinctSorted(bad.map(typeOf))
  const verb = bad.length === 1 ? 'uses' : 'use'
  const names = quoted(bad.map(({ name }) => name))
  const detail = `${plural('volume', bad.length)} ${names} ${verb} ${plural('restricted volume type', types.length)} ${quoted(types)}`
  return { reason: 'restricted volume types', detail }
}

function typeOf(volume: Volume): string {
  return Object.entries(volume).find(([field, value]) => field !== 'name' && value !== undefined)?.[0] ?? 'unknown'
}

function runAsNonRoot({ spec }: PodUnderTest): Finding | undefined {
  const reason = 'runAsNonRoot != true'
  const ofPod = spec.securityContext?.runAsNonRoot
  const explicit = namesWhere(spec, ({ securityContext }) => securityContext?.runAsNonRoot === false)
  const setters = settersText(ofPod === false, explicit)
  if (setters !== '') return { reason, detail: `${setters} must not set securityContext.runAsNonRoot=false` }
  const implicit = namesWhere(spec, ({ securityContext }) => securityContext?.runAsNonRoot === undefined && ofPod !== true)
  return implicit.length === 0
    ? undefined
    : { reason, detail: `pod or ${containersText(implicit)} must set securityContext.runAsNonRoot=true` }
}

function runAsUser({ spec }: PodUnderTest): Finding | undefined {
  const names = namesWhere(spec, ({ securityContext }) => securityContext?.runAsUser === 0)
  const setters = settersText(spec.securityContext?.runAsUser === 0, names)
  return setters === '' ? undefined : { reason: 'runAsUser=0', detail: `${setters} must not set runAsUser=0` }
}

function seccompProfile({ spec }: PodUnderTest, minor: number): Finding | undefined {
  if (isExemptWindows(spec, minor)) return undefined
  const unconfined = seccompUnconfined(spec)
  if (unconfined !== undefined) return unconfined
  if (spec.securityContext?.seccompProfile !== undefined) return undefined
  const implicit = namesWhere(spec, ({ securityContext }) => securityContext?.seccompProfile === undefined)
  if (implicit.length === 0) return undefined
  const detail = `pod or ${containersText(implicit)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`
  return { reason: 'seccompProfile', detail }
}
