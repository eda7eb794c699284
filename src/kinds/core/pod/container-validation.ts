/** What the containers of a pod have to keep (upstream: validateContainers, validateInitContainers). */
import { duplicate, type FieldErrors, type FieldPath, forbiddenField, invalid, notSupported, required } from '#meta/field-path'
import { isDns1123Label, isPortName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { validatePort } from '../../number-validation.ts'
import { protocols } from '../protocols.ts'
import type { Container, ContainerPort, PodSpec } from '../types.gen.ts'
import { validateEnv, validateEnvFrom } from './env-validation.ts'
import { validateLifecycle, validateProbes } from './probe-validation.ts'
import { validateContainerResources } from './resource-validation.ts'
import { validateSecurityContext } from './security-context-validation.ts'
import { validateVolumeDevices, validateVolumeMounts } from './volume-mount-validation.ts'

const pullPolicies = ['Always', 'IfNotPresent', 'Never']
const messagePolicies = ['FallbackToLogsOnError', 'File']
const onlySidecars = 'may not be set for init containers without restartPolicy=Always'

export function* validateContainers(spec: PodSpec, at: FieldPath): FieldErrors {
  const { containers = [], initContainers = [], terminationGracePeriodSeconds: graceSeconds = 0 } = spec
  if ((containers ?? []).length === 0) yield required(at.field('containers'))
  const names = new Set<string>()
  for (const [index, container] of (containers ?? []).entries()) {
    const here = at.field('containers').index(index)
    yield* validateContainer(container, spec, here)
    if (container.name && names.has(container.name)) yield duplicate(here.field('name'), container.name)
    names.add(container.name)
    yield* validateLifecycle(container, graceSeconds, here.field('lifecycle'))
    yield* validateProbes(container, graceSeconds, here)
    if (container.restartPolicy !== undefined && container.restartPolicyRules === undefined) {
      yield* validateRestartPolicy(container.restartPolicy, here.field('restartPolicy'))
    }
  }
  yield* validateHostPorts(containers ?? [], at.field('containers'))
  for (const [index, container] of initContainers.entries()) {
    yield* validateInitContainer(container, spec, names, at.field('initContainers').index(index))
    names.add(container.name)
  }
}

function* validateContainer(container: Container, spec: PodSpec, at: FieldPath): FieldErrors {
  const { name = '', image = '', imagePullPolicy = '', terminationMessagePolicy = '' } = container
  if (name === '') yield required(at.field('name'))
  else yield* invalidEach(at.field('name'), name, isDns1123Label(name))
  if (image === '') yield required(at.field('image'))
  else if (image !== image.trim()) yield invalid(at.field('image'), image, 'must not have leading or trailing whitespace')
  if (!messagePolicies.includes(terminationMessagePolicy)) {
    yield notSupported(at.field('terminationMessagePolicy'), terminationMessagePolicy, messagePolicies)
  }
  yield* validateContainerPorts(container.ports ?? [], spec.hostNetwork === true, at.field('ports'))
  yield* validateEnv(container.env ?? [], at.field('env'))
  yield* validateEnvFrom(container.envFrom ?? [], at.field('envFrom'))
  yield* validateVolumeMounts(container, spec, at.field('volumeMounts'))
  yield* validateVolumeDevices(container, spec, at.field('volumeDevices'))
  if (imagePullPolicy === '') yield required(at.field('imagePullPolicy'))
  else if (!pullPolicies.includes(imagePullPolicy)) yield notSupported(at.field('imagePullPolicy'), imagePullPolicy, pullPolicies)
  yield* validateContainerResources(container.resources ?? {}, spec, at.field('resources'))
  yield* validateSecurityContext(container.securityContext, at.field('securityContext'))
}

/** Only those that go on running can be probed or hooked. */
function* validateInitContainer(container: Container, spec: PodSpec, names: ReadonlySet<string>, at: FieldPath): FieldErrors {
  const { lifecycle, livenessProbe, readinessProbe, startupProbe, restartPolicy } = container
  const graceSeconds = spec.terminationGracePeriodSeconds ?? 0
  yield* validateContainer(container, spec, at)
  if (restartPolicy !== undefined) yield* validateRestartPolicy(restartPolicy, at.field('restartPolicy'))
  if (container.name && names.has(container.name)) yield duplicate(at.field('name'), container.name)
  yield* validateHostPorts([container], at)
  if (restartPolicy === 'Always') {
    yield* validateLifecycle(container, graceSeconds, at.field('lifecycle'))
    yield* validateProbes(container, graceSeconds, at)
    return
  }
  for (const [field, value] of Object.entries({ lifecycle, livenessProbe, readinessProbe, startupProbe })) {
    if (value !== undefined) yield forbiddenField(at.field(field), onlySidecars)
  }
}

function* validateRestartPolicy(policy: string, at: FieldPath): FieldErrors {
  if (policy !== 'Always') yield notSupported(at, policy, ['Always'])
}

function* validateContainerPorts(ports: readonly ContainerPort[], isHostNetwork: boolean, at: FieldPath): FieldErrors {
  const names = new Set<string>()
  for (const [index, port] of ports.entries()) {
    const here = at.index(index)
    const { name = '', containerPort = 0, hostPort = 0, protocol = '' } = port
    if (name !== '') {
      const problems = isPortName(name)
      yield* invalidEach(here.field('name'), name, problems)
      if (problems.length === 0 && names.has(name)) yield duplicate(here.field('name'), name)
      names.add(name)
    }
    if (containerPort === 0) yield required(here.field('containerPort'))
    else yield* validatePort(containerPort, here.field('containerPort'))
    if (hostPort !== 0) {
      yield* validatePort(hostPort, here.field('hostPort'))
      if (isHostNetwork && hostPort !== containerPort)
        yield invalid(here.field('hostPort'), hostPort, 'must match `containerPort` when `hostNetwork` is true')
    }
    if (protocol === '') yield required(here.field('protocol'))
    else if (!protocols.includes(protocol)) yield notSupported(here.field('protocol'), protocol, protocols)
  }
}

/** A port of the node can be taken once. */
function* validateHostPorts(containers: readonly Container[], at: FieldPath): FieldErrors {
  const taken = new Set<string>()
  for (const [index, container] of containers.entries()) {
    for (const [position, { hostPort = 0, protocol, hostIP = '' }] of (container.ports ?? []).entries()) {
      if (hostPort === 0) continue
      const key = `${protocol}/${hostIP}/${hostPort}`
      if (taken.has(key)) yield duplicate(at.index(index).field('ports').index(position).field('hostPort'), key)
      taken.add(key)
    }
  }
}
