/** As whom, and with what rights, processes run (upstream: ValidatePodSecurityContext, ValidateSecurityContext). */
import { duplicate, type FieldErrors, type FieldPath, invalid, notSupported, required, tooLong } from '#meta/field-path'
import { validateBetween } from '../../number-validation.ts'
import { internalForm } from '../../shown/internal-form.ts'
import * as schemas from '../schema.gen.ts'
import type { AppArmorProfile, PodSpec, SeccompProfile, SecurityContext, Sysctl } from '../types.gen.ts'
import { validateDescendingPath } from './path-validation.ts'
import { validateWindowsOptions } from './windows-validation.ts'

const idMax = 2_147_483_647
const sysctlText = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$'
const sysctlPattern = new RegExp(sysctlText)
const seccompTypes = ['Localhost', 'RuntimeDefault', 'Unconfined']
const changePolicies = ['Always', 'OnRootMismatch']
const groupPolicies = ['Merge', 'Strict']
/** Others need a feature that is off. */
const linuxChangePolicies = ['Recursive']
const procMounts = ['Default', 'Unmasked']
const profileBytesMax = 4095

export function* validatePodSecurityContext(
  { securityContext: context, hostPID, hostNetwork, hostIPC, shareProcessNamespace }: PodSpec,
  at: FieldPath,
): FieldErrors {
  yield* validateId(context?.fsGroup, at.field('fsGroup'))
  yield* validateId(context?.runAsUser, at.field('runAsUser'))
  yield* validateId(context?.runAsGroup, at.field('runAsGroup'))
  for (const [index, group] of (context?.supplementalGroups ?? []).entries())
    yield* validateId(group, at.field('supplementalGroups').index(index))
  if (hostPID === true && shareProcessNamespace === true)
    yield invalid(at.field('shareProcessNamespace'), true, 'ShareProcessNamespace and HostPID cannot both be enabled')
  if (context === undefined) return
  yield* validateSysctls(context.sysctls ?? [], { hostNetwork, hostIPC }, at.field('sysctls'))
  yield* validateChoice(context.fsGroupChangePolicy, changePolicies, at.field('fsGroupChangePolicy'))
  yield* validateSeccomp(context.seccompProfile, at.field('seccompProfile'))
  yield* validateWindowsOptions(context.windowsOptions, at.field('windowsOptions'))
  yield* validateAppArmor(context.appArmorProfile, at.field('appArmorProfile'))
  yield* validateChoice(context.supplementalGroupsPolicy, groupPolicies, at.field('supplementalGroupsPolicy'))
  yield* validateChoice(context.seLinuxChangePolicy, linuxChangePolicies, at.field('seLinuxChangePolicy'))
}

export function* validateSecurityContext(context: SecurityContext | undefined, { hostUsers }: PodSpec, at: FieldPath): FieldErrors {
  if (context === undefined) return
  yield* validateId(context.runAsUser, at.field('runAsUser'))
  yield* validateId(context.runAsGroup, at.field('runAsGroup'))
  yield* validateChoice(context.procMount, procMounts, at.field('procMount'))
  if (context.procMount === 'Unmasked' && hostUsers !== false)
    yield invalid(at.field('procMount'), context.procMount, '`hostUsers` must be false to use `Unmasked`')
  yield* validateSeccomp(context.seccompProfile, at.field('seccompProfile'))
  if (context.allowPrivilegeEscalation === false) {
    const shown = () => internalForm(schemas.SecurityContext, context)
    if (context.privileged === true) yield invalid(at, shown(), 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true')
    if (context.capabilities?.add?.some((one) => one === 'CAP_SYS_ADMIN'))
      yield invalid(at, shown(), 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN')
  }
  yield* validateWindowsOptions(context.windowsOptions, at.field('windowsOptions'))
  yield* validateAppArmor(context.appArmorProfile, at.field('appArmorProfile'))
}

function* validateChoice(value: string | undefined, choices: readonly string[], at: FieldPath): FieldErrors {
  if (value !== undefined && !choices.includes(value)) yield notSupported(at, value, choices)
}

function* validateId(id: number | undefined, at: FieldPath): FieldErrors {
  yield* validateBetween(id, 0, idMax, at)
}

type Shared = Pick<PodSpec, 'hostNetwork' | 'hostIPC'>

function* validateSysctls(sysctls: readonly Sysctl[], shared: Shared, at: FieldPath): FieldErrors {
  const seen = new Set<string>()
  for (const [index, { name }] of sysctls.entries()) {
    const here = at.index(index).field('name')
    if (name === '') yield required(here)
    else if (name.length > 253 || !sysctlPattern.test(name))
      yield invalid(here, name, `must have at most 253 characters and match regex ${sysctlText}`)
    else if (seen.has(name)) yield duplicate(here, name)
    yield* validateOwnSysctl(name, shared, here)
    seen.add(name)
  }
}

/** A pod cannot turn what it shares with its host. */
function* validateOwnSysctl(name: string, { hostNetwork, hostIPC }: Shared, at: FieldPath): FieldErrors {
  const dotted = name.replaceAll('/', '.')
  if (hostNetwork === true && dotted.startsWith('net.')) yield invalid(at, name, "may not be specified when 'hostNetwork' is true")
  if (hostIPC === true && /^(kernel\.shm|kernel\.msg|kernel\.sem$|fs\.mqueue\.)/.test(dotted))
    yield invalid(at, name, "may not be specified when 'hostIPC' is true")
}

function* validateSeccomp(profile: SeccompProfile | undefined, at: FieldPath): FieldErrors {
  if (profile === undefined) return
  const { type = '', localhostProfile } = profile
  const here = at.field('localhostProfile')
  if (type === '') yield required(at.field('type'), 'type is required when seccompProfile is set')
  else if (!seccompTypes.includes(type)) yield notSupported(at.field('type'), type, seccompTypes)
  if (type !== 'Localhost') {
    if (localhostProfile !== undefined)
      yield invalid(here, internalForm(schemas.SeccompProfile, profile), 'can only be set when seccomp type is Localhost')
  } else if (localhostProfile === undefined) yield required(here, 'must be set when seccomp type is Localhost')
  else yield* validateDescendingPath(localhostProfile, here)
}

function* validateAppArmor(profile: AppArmorProfile | undefined, at: FieldPath): FieldErrors {
  if (profile === undefined) return
  const { type = '', localhostProfile } = profile
  const here = at.field('localhostProfile')
  if (type === '') return yield required(at.field('type'), 'type is required when appArmorProfile is set')
  if (!seccompTypes.includes(type)) return yield notSupported(at.field('type'), type, seccompTypes)
  if (type !== 'Localhost') {
    if (localhostProfile !== undefined) yield invalid(here, localhostProfile, 'can only be set when AppArmor type is Localhost')
    return
  }
  if (localhostProfile === undefined) return yield required(here, 'must be set when AppArmor type is Localhost')
  if (localhostProfile !== localhostProfile.trim()) yield invalid(here, localhostProfile, 'must not be padded with whitespace')
  else if (localhostProfile === '') yield required(here, 'must be set when AppArmor type is Localhost')
  if (localhostProfile.length > profileBytesMax) yield tooLong(here, profileBytesMax)
}
