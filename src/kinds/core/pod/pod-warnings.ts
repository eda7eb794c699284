/** What a client is told of a pod, or a pod template, that is accepted and yet hardly meant (upstream: pkg/api/pod/warnings.go). */
import { FieldPath } from '#meta/field-path'
import { isDns1123Label, isLabelValue } from '#meta/names'
import type { ObjectMeta } from '#meta/types.gen'
import { isSameValue } from '../../same-value.ts'
import type { Affinity, Container, Pod, PodAffinity, PodSpec, PodTemplateSpec, TopologySpreadConstraint } from '../types.gen.ts'
import { labelKeyWarnings, labelMapWarnings, nodeSelectorWarnings, nodeTermWarnings } from './node-label-warnings.ts'
import { portWarnings } from './port-warnings.ts'
import { isFraction } from './resource-list.ts'
import { volumesWarnings } from './volume-warnings.ts'

export function podWarnings(pod: Pod, old: Pod | undefined): readonly string[] {
  if (old !== undefined) return []
  return [...nameWarnings(pod.metadata, "the Pod's hostname"), ...specWarnings(pod.spec, pod.metadata, FieldPath.root)]
}

/** Of whatever makes pods that are called after it. */
export function podNameWarnings({ metadata }: { readonly metadata: ObjectMeta }, old: unknown): readonly string[] {
  return old === undefined ? nameWarnings(metadata, 'Pod names and hostnames') : []
}

/** Of whatever holds a template: told when it is new, and whenever its spec changes. */
export function templateWarnings<S>(
  [next, old]: readonly [next: S, old: S | undefined],
  templateOf: (spec: S) => PodTemplateSpec | undefined,
  at: FieldPath = FieldPath.of('spec', 'template'),
): readonly string[] {
  if (old !== undefined && isSameValue(next, old)) return []
  const template = templateOf(next)
  return template?.spec === undefined ? [] : specWarnings(template.spec, template.metadata ?? {}, at)
}

function nameWarnings({ name = '' }: ObjectMeta, use: string): readonly string[] {
  const problems = isDns1123Label(name)
  if (problems.length === 0) return []
  const advice = `a DNS label is recommended: [${problems.join(' ')}]`
  return [`metadata.name: this is used in ${use}, which can result in surprising behavior; ${advice}`]
}

/** `at` is where the pod, or its template, stands. */
function specWarnings(spec: PodSpec, metadata: ObjectMeta, at: FieldPath): readonly string[] {
  const here = at.field('spec')
  const containers = containersOf(spec, here)
  const grace = spec.terminationGracePeriodSeconds
  return [
    ...labelMapWarnings(spec.nodeSelector, here.field('nodeSelector')),
    ...nodeAffinityWarnings(spec.affinity, here.field('affinity').field('nodeAffinity')),
    ...(spec.topologySpreadConstraints ?? []).flatMap((one, index) =>
      spreadWarnings(one, here.field('topologySpreadConstraints').index(index)),
    ),
    ...annotationWarnings(metadata, at),
    ...volumesWarnings(spec.volumes ?? [], here.field('volumes')),
    ...aliasWarnings(spec, here.field('hostAliases')),
    ...secretWarnings(spec, here.field('imagePullSecrets')),
    ...containers.flatMap(([container, path]) => containerWarnings(container, path)),
    ...portWarnings(containers),
    ...podAffinityWarnings(spec.affinity?.podAffinity, here.field('affinity').field('podAffinity')),
    ...podAffinityWarnings(spec.affinity?.podAntiAffinity, here.field('affinity').field('podAntiAffinity')),
    ...(grace !== undefined && grace < 0
      ? [`${here.field('terminationGracePeriodSeconds')}: must be >= 0; negative values are invalid and will be treated as 1`]
      : []),
  ]
}

const requiredField = 'requiredDuringSchedulingIgnoredDuringExecution'
const preferredField = 'preferredDuringSchedulingIgnoredDuringExecution'

function nodeAffinityWarnings(affinity: Affinity | undefined, at: FieldPath): readonly string[] {
  const { [requiredField]: wanted, [preferredField]: preferred = [] } = affinity?.nodeAffinity ?? {}
  return [
    ...(wanted === undefined ? [] : nodeSelectorWarnings(wanted, at.field(requiredField))),
    ...preferred.flatMap(({ preference }, index) => {
      const here = at.field(preferredField).index(index).field('preference')
      return [...nodeTermWarnings(preference, here), ...valueWarnings(preference.matchExpressions ?? [], here.field('matchExpressions'))]
    }),
  ]
}

function valueWarnings(expressions: readonly { readonly values?: readonly string[] }[], at: FieldPath): readonly string[] {
  return expressions.flatMap(({ values = [] }, index) =>
    values.flatMap((value, position) =>
      isLabelValue(value).map((problem) => `${at.index(index).field('values').index(position)}: ${value} is invalid, ${problem}`),
    ),
  )
}

const matchesNothing = 'a null labelSelector results in matching no pod'

function spreadWarnings({ topologyKey, labelSelector }: TopologySpreadConstraint, at: FieldPath): readonly string[] {
  return [
    ...labelKeyWarnings(topologyKey, at.field('topologyKey')),
    ...(labelSelector === undefined ? [`${at.field('labelSelector')}: ${matchesNothing}`] : []),
  ]
}

function podAffinityWarnings(affinity: PodAffinity | undefined, at: FieldPath): readonly string[] {
  const terms = [
    ...(affinity?.[requiredField] ?? []).map((term, index) => [term, at.field(requiredField).index(index)] as const),
    ...(affinity?.[preferredField] ?? []).map(
      ({ podAffinityTerm }, index) => [podAffinityTerm, at.field(preferredField).index(index).field('podAffinityTerm')] as const,
    ),
  ]
  return terms.flatMap(([term, here]) => (term.labelSelector === undefined ? [`${here.field('labelSelector')}: ${matchesNothing}`] : []))
}

const seccompNote = 'non-functional in v1.27+; use the "seccompProfile" field instead'
const sysctlNote = 'non-functional in v1.11+; use the "sysctls" field instead'
/** By the beginning of the annotation's name. */
const formerAnnotations: readonly (readonly [prefix: string, note: string])[] = [
  ['scheduler.alpha.kubernetes.io/critical-pod', 'non-functional in v1.16+; use the "priorityClassName" field instead'],
  ['security.alpha.kubernetes.io/sysctls', sysctlNote],
  ['security.alpha.kubernetes.io/unsafe-sysctls', sysctlNote],
  ['seccomp.security.alpha.kubernetes.io/pod', seccompNote],
  ['container.seccomp.security.alpha.kubernetes.io/', seccompNote],
  ['container.apparmor.security.beta.kubernetes.io/', 'deprecated since v1.30; use the "appArmorProfile" field instead'],
]

function annotationWarnings({ annotations = {} }: ObjectMeta, at: FieldPath): readonly string[] {
  return Object.keys(annotations).flatMap((key) => {
    const rule = formerAnnotations.find(([prefix]) => (prefix.endsWith('/') ? key.startsWith(prefix) : key === prefix))
    return rule === undefined ? [] : [`${at.field('metadata').field('annotations').key(key)}: ${rule[1]}`]
  })
}

function aliasWarnings({ hostAliases = [] }: PodSpec, at: FieldPath): readonly string[] {
  return hostAliases.flatMap(({ ip }, index) =>
    hostAliases.findIndex((other) => other.ip === ip) < index ? [`${at.index(index).field('ip')}: duplicate ip ${JSON.stringify(ip)}`] : [],
  )
}

function secretWarnings({ imagePullSecrets: secrets = [] }: PodSpec, at: FieldPath): readonly string[] {
  const names = secrets.map(({ name = '' }) => name)
  return [
    ...names.flatMap((name, index) =>
      name !== '' && names.indexOf(name) < index ? [`${at.index(index).field('name')}: duplicate name ${JSON.stringify(name)}`] : [],
    ),
    ...names.flatMap((name, index) => (name === '' ? [`${at.index(index).field('name')}: invalid empty name ""`] : [])),
  ]
}

function containersOf(spec: PodSpec, at: FieldPath): readonly (readonly [Container, FieldPath])[] {
  return (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((field) =>
    (spec[field] ?? []).map((container, index) => [container, at.field(field).index(index)] as const),
  )
}

function containerWarnings({ resources, env = [] }: Container, at: FieldPath): readonly string[] {
  const fractions = (['memory', 'ephemeral-storage'] as const).flatMap((name) =>
    (['limits', 'requests'] as const).flatMap((list) => {
      const amount = resources?.[list]?.[name]
      if (amount === undefined || !isFraction(amount)) return []
      return [
        `${at.field('resources').field(list).key(name)}: fractional byte value ${JSON.stringify(amount)} is invalid, must be an integer`,
      ]
    }),
  )
  const hidden = env.flatMap(({ name, value = '' }, index) => {
    const isHiding = env.findIndex((other) => other.name === name) < index
    // A value that is built on the one before hides nothing.
    if (!isHiding || value.includes(`$(${name})`)) return []
    return [`${at.field('env').index(index)}: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`]
  })
  return [...fractions, ...hidden]
}
