/** What Windows asks of pods, and what pods of another system may not say (upstream: validateWindowsSecurityContextOptions, validateWindows, validateLinux). */
import { type FieldErrors, type FieldPath, forbiddenField, invalid } from '#meta/field-path'
import { isDns1123Subdomain } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import type { PodSpec, SecurityContext, WindowsSecurityContextOptions } from '../types.gen.ts'

const credentialBytesMax = 64 * 1024
const domainLengthMax = 256
const userLengthMax = 104
const netBiosName = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/
const dnsDomain = /^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?)*$/

export function* validateWindowsOptions(options: WindowsSecurityContextOptions | undefined, at: FieldPath): FieldErrors {
  const { gmsaCredentialSpecName: name, gmsaCredentialSpec: spec, runAsUserName: user } = options ?? {}
  if (name !== undefined) yield* invalidEach(at.field('gmsaCredentialSpecName'), name, isDns1123Subdomain(name))
  if (spec === '') yield invalid(at.field('gmsaCredentialSpec'), spec, 'gmsaCredentialSpec cannot be an empty string')
  else if (spec !== undefined && spec.length > credentialBytesMax)
    yield invalid(at.field('gmsaCredentialSpec'), spec, 'gmsaCredentialSpec size must be under 64 KiB')
  if (user !== undefined)
    for (const problem of userProblems(user)) yield invalid(at.field('runAsUserName'), user, `runAsUserName${problem}`)
}

/** `DOMAIN\user`, or a user alone. */
function userProblems(name: string): readonly string[] {
  if (name === '') return [' cannot be an empty string']
  if (/\p{Cc}/u.test(name)) return [' cannot contain control characters']
  const parts = name.split('\\')
  if (parts.length > 2) return [' cannot contain more than one backslash']
  const [domain, user = ''] = parts.length === 2 ? parts : [undefined, name]
  return [
    ...(domain !== undefined && domain.length >= domainLengthMax ? ["'s Domain length must be under 256 characters"] : []),
    ...(domain === undefined || netBiosName.test(domain) || dnsDomain.test(domain)
      ? []
      : ["'s Domain doesn't match the NetBios nor the DNS format"]),
    ...(user === '' ? ["'s User cannot be empty"] : []),
    ...(user.length > userLengthMax ? ["'s User length must not be longer than 104 characters"] : []),
    ...(/^[. ]+$/.test(user) ? ["'s User cannot contain only periods or spaces"] : []),
    ...(/["/\\:;|=,+*?<>@[\]]/.test(user) ? [`'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]`] : []),
  ]
}

/** A pod runs on the host itself with all of its containers, or with none. */
export function* validateHostProcess(spec: PodSpec, at: FieldPath): FieldErrors {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess
  const seen: boolean[] = []
  for (const [context, here] of contextsOf(spec, at)) {
    const own = context?.windowsOptions?.hostProcess
    if (ofPod !== undefined && own !== undefined && ofPod !== own) {
      yield invalid(
        here.field('windowsOptions').field('hostProcess'),
        own,
        `pod hostProcess value must be identical if both are specified, was ${ofPod}`,
      )
    }
    seen.push((own ?? ofPod) === true)
  }
  if (!seen.includes(true)) return
  if (seen.includes(false))
    yield invalid(at, '', 'If pod contains any hostProcess containers then all containers must be HostProcess containers')
  if (spec.hostNetwork !== true)
    yield invalid(at.field('hostNetwork'), false, 'hostNetwork must be true if pod contains any hostProcess containers')
}

/** The fields of Linux, in upstream's order. */
const linuxOfPod = [
  'securityContext.appArmorProfile',
  'securityContext.seLinuxOptions',
  'hostUsers',
  'hostPID',
  'hostIPC',
  'securityContext.seccompProfile',
  'securityContext.fsGroup',
  'securityContext.fsGroupChangePolicy',
  'securityContext.sysctls',
  'shareProcessNamespace',
  'securityContext.runAsUser',
  'securityContext.runAsGroup',
  'securityContext.supplementalGroups',
  'securityContext.supplementalGroupsPolicy',
  'securityContext.seLinuxChangePolicy',
]
const linuxOfContainer = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
] as const satisfies readonly (keyof SecurityContext)[]

export function* validateOwnSystem(spec: PodSpec, at: FieldPath): FieldErrors {
  if (spec.os?.name === 'windows') yield* refuseLinuxFields(spec, at)
  if (spec.os?.name === 'linux') yield* refuseWindowsFields(spec, at)
}

function* refuseLinuxFields(spec: PodSpec, at: FieldPath): FieldErrors {
  const message = 'cannot be set for a windows pod'
  const { securityContext, hostUsers, hostPID, hostIPC, shareProcessNamespace } = spec
  const given = new Map<string, unknown>([
    ...Object.entries({ hostUsers, hostPID: hostPID || undefined, hostIPC: hostIPC || undefined, shareProcessNamespace }),
    ...Object.entries(securityContext ?? {}).map(([field, value]) => [`securityContext.${field}`, value] as const),
  ])
  for (const path of linuxOfPod) {
    if (given.get(path) !== undefined)
      yield forbiddenField(
        path.split('.').reduce((here, field) => here.field(field), at),
        message,
      )
  }
  for (const [context, here] of contextsOf(spec, at)) {
    for (const field of linuxOfContainer) if (context?.[field] !== undefined) yield forbiddenField(here.field(field), message)
  }
}

function* refuseWindowsFields(spec: PodSpec, at: FieldPath): FieldErrors {
  const message = 'windows options cannot be set for a linux pod'
  if (spec.securityContext?.windowsOptions !== undefined) yield forbiddenField(at.field('securityContext').field('windowsOptions'), message)
  for (const [context, here] of contextsOf(spec, at)) {
    if (context?.windowsOptions !== undefined) yield forbiddenField(here.field('windowsOptions'), message)
  }
}

function contextsOf(spec: PodSpec, at: FieldPath): readonly (readonly [SecurityContext | undefined, FieldPath])[] {
  return (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((field) =>
    (spec[field] ?? []).map(
      ({ securityContext }, index) => [securityContext, at.field(field).index(index).field('securityContext')] as const,
    ),
  )
}
