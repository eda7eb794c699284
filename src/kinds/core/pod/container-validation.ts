/** What the containers of a pod have to keep (upstream: validateContainers, validateInitContainers, validateEphemeralContainers). */
import {
  duplicate,
  type FieldErrors,
  type FieldPath,
  forbiddenField,
  invalid,
  notFoundValue,
  notSupported,
  required,
} from '#meta/field-path'
import { isDns1123Label } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import type { Container, EphemeralContainer, PodSpec, Volume } from '../types.gen.ts'
import type { ContainerFields } from './container-fields.ts'
import { validateEnv, validateEnvFrom } from './env-validation.ts'
import { validateContainerPorts, validateHostPorts } from './port-validation.ts'
import { validateLifecycle, validateProbes } from './probe-validation.ts'
import { validateContainerResources } from './resource-validation.ts'
import { validateContainerRestart, validateResizePolicy, validateRestartRules } from './restart-rules-validation.ts'
import { validateSecurityContext } from './security-context-validation.ts'
import { validateVolumeDevices, validateVolumeMounts } from './volume-mount-validation.ts'

const pullPolicies = ['Always', 'IfNotPresent', 'Never']
const messagePolicies = ['File', 'FallbackToLogsOnError']
const onlySidecars = 'may not be set for init containers without restartPolicy=Always'

/** The pod around a container; `volumes` are those that are all right. */
type Surroundings = { readonly spec: PodSpec; readonly volumes: ReadonlyMap<string, Volume> }

export function* validateContainers(spec: PodSpec, volumes: ReadonlyMap<string, Volume>, at: FieldPath): FieldErrors {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = spec
  const pod = { spec, volumes }
  if ((containers ?? []).length === 0) yield required(at.field('containers'))
  const names = new Set<string>()
  for (const [index, container] of (containers ?? []).entries()) {
    yield* validateMainContainer(container, pod, names, at.field('containers').index(index))
    names.add(container.name)
  }
  yield* validateHostPorts(containers ?? [], at.field('containers'))
  for (const [index, container] of initContainers.entries()) {
    yield* validateInitContainer(container, pod, names, at.field('initContainers').index(index))
    // As upstream: each is looked at alone, so the first index is the only one.
    yield* validateHostPorts([container], at.field('initContainers'))
    yield* validateRunning(container, pod, at.field('initContainers').index(index))
    names.add(container.name)
  }
  const targets = new Set(names)
  for (const [index, container] of ephemeralContainers.entries()) {
    yield* validateEphemeralContainer(container, pod, { names, targets }, at.field('ephemeralContainers').index(index))
    names.add(container.name)
  }
}

/** Spaces around an image's name are refused in pods, but not in templates of pods. */
export function* validateImageText({ image = '' }: ContainerFields, at: FieldPath): FieldErrors {
  if (image !== image.trim()) yield invalid(at.field('image'), image, 'must not have leading or trailing whitespace')
}

function* validateCommon(container: ContainerFields, { spec, volumes }: Surroundings, at: FieldPath): FieldErrors {
  const { name = '', image = '', imagePullPolicy = '', terminationMessagePolicy = '' } = container
  if (name === '') yield required(at.field('name'))
  else yield* invalidEach(at.field('name'), name, isDns1123Label(name))
  if (image === '') yield required(at.field('image'))
  if (terminationMessagePolicy === '') yield required(at.field('terminationMessagePolicy'))
  else if (!messagePolicies.includes(terminationMessagePolicy))
    yield notSupported(at.field('terminationMessagePolicy'), terminationMessagePolicy, messagePolicies)
  yield* validateContainerPorts(container.ports ?? [], at.field('ports'))
  yield* validateEnv(container.env ?? [], at.field('env'))
  yield* validateEnvFrom(container.envFrom ?? [], at.field('envFrom'))
  yield* validateVolumeMounts(container, volumes, at.field('volumeMounts'))
  yield* validateVolumeDevices(container, volumes, at.field('volumeDevices'))
  if (imagePullPolicy === '') yield required(at.field('imagePullPolicy'))
  else if (!pullPolicies.includes(imagePullPolicy)) yield notSupported(at.field('imagePullPolicy'), imagePullPolicy, pullPolicies)
  yield* validateContainerResources(container.resources ?? {}, spec, at.field('resources'))
  yield* validateResizePolicy(container.resizePolicy ?? [], spec, at.field('resizePolicy'))
  yield* validateSecurityContext(container.securityContext, spec, at.field('securityContext'))
}

function* validateMainContainer(container: Container, pod: Surroundings, names: ReadonlySet<string>, at: FieldPath): FieldErrors {
  yield* validateCommon(container, pod, at)
  if (container.name && names.has(container.name)) yield duplicate(at.field('name'), container.name)
  const graceSeconds = pod.spec.terminationGracePeriodSeconds ?? 0
  yield* validateLifecycle(container, graceSeconds, at.field('lifecycle'))
  yield* validateProbes(container, graceSeconds, at)
  yield* validateContainerRestart(container, at)
  yield* validateRestartRules(container, at)
}

function* validateInitContainer(container: Container, pod: Surroundings, names: ReadonlySet<string>, at: FieldPath): FieldErrors {
  yield* validateCommon(container, pod, at)
  yield* validateContainerRestart(container, at)
  // As upstream: rules without a policy are not looked at here.
  if (container.restartPolicy !== undefined) yield* validateRestartRules(container, at)
  if (names.has(container.name ?? '')) yield duplicate(at.field('name'), container.name ?? '')
}

/** Of the containers that start a pod, only those that go on running can be probed or hooked. */
function* validateRunning(container: Container, { spec }: Surroundings, at: FieldPath): FieldErrors {
  const { lifecycle, livenessProbe, readinessProbe, startupProbe, resizePolicy = [] } = container
  const graceSeconds = spec.terminationGracePeriodSeconds ?? 0
  if (container.restartPolicy === 'Always') {
    yield* validateLifecycle(container, graceSeconds, at.field('lifecycle'))
    yield* validateProbes(container, graceSeconds, at)
    return
  }
  for (const [field, value] of Object.entries({ lifecycle, livenessProbe, readinessProbe, startupProbe })) {
    if (value !== undefined) yield forbiddenField(at.field(field), onlySidecars)
  }
  for (const [index, { restartPolicy }] of resizePolicy.entries()) {
    if (restartPolicy === 'RestartContainer')
      yield invalid(
        at.field('resizePolicy').index(index).field('restartPolicy'),
        restartPolicy,
        "must not be set to 'RestartContainer' for non-sidecar initContainers",
      )
  }
}

const notForEphemeral = 'cannot be set for an Ephemeral Container'
const foreignFields = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const

/** What is there to debug others: no promises hang on it. */
function* validateEphemeralContainer(
  container: EphemeralContainer,
  pod: Surroundings,
  { names, targets }: { readonly names: ReadonlySet<string>; readonly targets: ReadonlySet<string> },
  at: FieldPath,
): FieldErrors {
  const { name = '', targetContainerName = '' } = container
  yield* validateCommon(container, pod, at)
  yield* validateImageText(container, at)
  if (names.has(name)) yield duplicate(at.field('name'), name)
  if (targetContainerName !== '' && !targets.has(targetContainerName))
    yield notFoundValue(at.field('targetContainerName'), targetContainerName)
  for (const field of foreignFields) {
    if (isSet(container[field])) yield forbiddenField(at.field(field), notForEphemeral)
  }
  for (const [index, { subPath, subPathExpr }] of (container.volumeMounts ?? []).entries()) {
    const here = at.field('volumeMounts').index(index)
    if (subPath) yield forbiddenField(here.field('subPath'), notForEphemeral)
    if (subPathExpr) yield forbiddenField(here.field('subPathExpr'), notForEphemeral)
  }
}

/** Empty lists, and resources that ask for nothing, are none. */
function isSet(value: object | string | undefined): boolean {
  if (value === undefined || typeof value === 'string') return value !== undefined
  return Array.isArray(value) ? value.length > 0 : !isEmptyRequirements(value)
}

function isEmptyRequirements(value: object): boolean {
  return Object.keys(value).length === 0
}
