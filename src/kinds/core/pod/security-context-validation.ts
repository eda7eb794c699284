/** As whom, and with what rights, processes run (upstream: ValidatePodSecurityContext, ValidateSecurityContext). */
import { duplicate, type FieldErrors, type FieldPath, invalid, notSupported, required } from '#meta/field-path'
import { validateBetween } from '../../number-validation.ts'
import type { AppArmorProfile, PodSecurityContext, PodSpec, SeccompProfile, SecurityContext, Sysctl } from '../types.gen.ts'

const idMax = 2_147_483_647
const sysctlText = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$'
const sysctlPattern = new RegExp(sysctlText)
const seccompTypes = ['Localhost', 'RuntimeDefault', 'Unconfined']
const changePolicies = ['Always', 'OnRootMismatch']
const groupPolicies = ['Merge', 'Strict']

export function* validatePodSecurityContext(
  { securityContext: context, hostPID, shareProcessNamespace }: PodSpec,
  at: FieldPath,
): FieldErrors {
  if (hostPID === true && shareProcessNamespace === true) {
    yield invalid(at.field('shareProcessNamespace'), true, 'ShareProcessNamespace and HostPID cannot both be enabled')
  }
  if (context === undefined) return
  yield* validateId(context.fsGroup, at.field('fsGroup'))
  yield* validateId(context.runAsUser, at.field('runAsUser'))
  yield* validateId(context.runAsGroup, at.field('runAsGroup'))
  for (const [index, group] of (context.supplementalGroups ?? []).entries())
    yield* validateId(group, at.field('supplementalGroups').index(index))
  yield* validateSysctls(context.sysctls ?? [], at.field('sysctls'))
  yield* validatePolicies(context, at)
  yield* validateSeccomp(context.seccompProfile, at.field('seccompProfile'))
  yield* validateAppArmor(context.appArmorProfile, at.field('appArmorProfile'))
}

export function* validateSecurityContext(context: SecurityContext | undefined, at: FieldPath): FieldErrors {
  if (context === undefined) return
  yield* validateId(context.runAsUser, at.field('runAsUser'))
  yield* validateId(context.runAsGroup, at.field('runAsGroup'))
  const mounts = ['Default', 'Unmasked']
  if (context.procMount !== undefined && !mounts.includes(context.procMount))
    yield notSupported(at.field('procMount'), context.procMount, mounts)
  yield* validateSeccomp(context.seccompProfile, at.field('seccompProfile'))
  if (context.allowPrivilegeEscalation === false) {
    if (context.privileged === true)
      yield invalid(at, goStyle(context), 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true')
    if (context.capabilities?.add?.some((one) => one === 'CAP_SYS_ADMIN')) {
      yield invalid(at, goStyle(context), 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN')
    }
  }
  yield* validateAppArmor(context.appArmorProfile, at.field('appArmorProfile'))
}

/** As upstream prints a struct that has no field names of JSON. */
function goStyle(context: SecurityContext): unknown {
  const { capabilities, privileged, seLinuxOptions, windowsOptions, runAsUser, runAsGroup, runAsNonRoot } = context
  return {
    Capabilities: capabilities === undefined ? null : { Add: capabilities.add ?? null, Drop: capabilities.drop ?? null },
    Privileged: privileged ?? null,
    SELinuxOptions: seLinuxOptions ?? null,
    WindowsOptions: windowsOptions ?? null,
    RunAsUser: runAsUser ?? null,
    RunAsGroup: runAsGroup ?? null,
    RunAsNonRoot: runAsNonRoot ?? null,
    ReadOnlyRootFilesystem: context.readOnlyRootFilesystem ?? null,
    AllowPrivilegeEscalation: context.allowPrivilegeEscalation ?? null,
    ProcMount: context.procMount ?? null,
    SeccompProfile: context.seccompProfile ?? null,
    AppArmorProfile: context.appArmorProfile ?? null,
  }
}

function* validateId(id: number | undefined, at: FieldPath): FieldErrors {
  yield* validateBetween(id, 0, idMax, at)
}

function* validateSysctls(sysctls: readonly Sysctl[], at: FieldPath): FieldErrors {
  const seen = new Set<string>()
  for (const [index, { name }] of sysctls.entries()) {
    const here = at.index(index).field('name')
    if (name === '') yield required(here)
    else if (name.length > 253 || !sysctlPattern.test(name))
      yield invalid(here, name, `must have at most 253 characters and match regex ${sysctlText}`)
    else if (seen.has(name)) yield duplicate(here, name)
    seen.add(name)
  }
}

function* validatePolicies({ fsGroupChangePolicy, supplementalGroupsPolicy }: PodSecurityContext, at: FieldPath): FieldErrors {
  if (fsGroupChangePolicy !== undefined && !changePolicies.includes(fsGroupChangePolicy)) {
    yield notSupported(at.field('fsGroupChangePolicy'), fsGroupChangePolicy, changePolicies)
  }
  if (supplementalGroupsPolicy !== undefined && !groupPolicies.includes(supplementalGroupsPolicy)) {
    yield notSupported(at.field('supplementalGroupsPolicy'), supplementalGroupsPolicy, groupPolicies)
  }
}

function* validateSeccomp(profile: SeccompProfile | undefined, at: FieldPath): FieldErrors {
  if (profile === undefined) return
  const { type = '', localhostProfile } = profile
  if (type === '') return yield required(at.field('type'), 'type is required when seccompProfile is set')
  if (!seccompTypes.includes(type)) return yield notSupported(at.field('type'), type, seccompTypes)
  if (type === 'Localhost') {
    if (localhostProfile === undefined) yield required(at.field('localhostProfile'), 'must be set when seccomp type is Localhost')
    else if (localhostProfile.startsWith('/')) yield invalid(at.field('localhostProfile'), localhostProfile, 'must be a relative path')
    else if (localhostProfile.split('/').includes('..'))
      yield invalid(at.field('localhostProfile'), localhostProfile, "must not contain '..'")
  } else if (localhostProfile !== undefined) {
    yield invalid(at.field('localhostProfile'), localhostProfile, 'can only be set when seccomp type is Localhost')
  }
}

function* validateAppArmor(profile: AppArmorProfile | undefined, at: FieldPath): FieldErrors {
  if (profile === undefined) return
  const { type = '', localhostProfile } = profile
  const here = at.field('localhostProfile')
  if (type === '') return yield required(at.field('type'), 'type is required when appArmorProfile is set')
  if (!seccompTypes.includes(type)) return yield notSupported(at.field('type'), type, seccompTypes)
  if (type !== 'Localhost') {
    if (localhostProfile !== undefined) yield invalid(here, localhostProfile, 'can only be set when AppArmor type is Localhost')
  } else if (localhostProfile === undefined) yield required(here, 'must be set when AppArmor type is Localhost')
  else if (localhostProfile !== localhostProfile.trim()) yield invalid(here, localhostProfile, 'must not be padded with whitespace')
  else if (localhostProfile === '') yield required(here, 'must be set when AppArmor type is Localhost')
}
