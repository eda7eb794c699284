/** What a client is told of a pod, or a pod template, that is accepted and yet hardly meant (upstream: pkg/api/pod/warnings.go). */
import { FieldPath } from '#meta/field-path'
import { tryParseQuantity } from '#meta/quantity'
import { isSameValue } from '../../same-value.ts'
import type { Container, Pod, PodSpec, PodTemplateSpec, Volume } from '../types.gen.ts'

export function podWarnings(pod: Pod, old: Pod | undefined): readonly string[] {
  return old === undefined ? podSpecWarnings(pod.spec, FieldPath.of('spec')) : []
}

/** Of whatever holds a template: told when it is new, and whenever its spec changes. */
export function templateWarnings<S>(
  [next, old]: readonly [next: S, old: S | undefined],
  templateOf: (spec: S) => PodTemplateSpec | undefined,
  at: FieldPath = FieldPath.of('spec', 'template'),
): readonly string[] {
  if (old !== undefined && isSameValue(next, old)) return []
  const template = templateOf(next)
  return template?.spec === undefined ? [] : podSpecWarnings(template.spec, at.field('spec'))
}

/** Volume sources that do nothing any more. */
const deprecatedSources: readonly (readonly [field: keyof Omit<Volume, 'name'>, note: string])[] = [
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
]

function podSpecWarnings(spec: PodSpec, at: FieldPath): readonly string[] {
  const spread = (spec.topologySpreadConstraints ?? []).flatMap((constraint, index) =>
    constraint.labelSelector === undefined
      ? [`${at.field('topologySpreadConstraints').index(index).field('labelSelector')}: a null labelSelector results in matching no pod`]
      : [],
  )
  const volumes = (spec.volumes ?? []).flatMap((volume, index) => [
    ...sourceWarnings(volume, at.field('volumes').index(index)),
    ...emptyWarnings(volume),
  ])
  const secrets = (spec.imagePullSecrets ?? []).flatMap((secret, index) =>
    secret.name ? [] : [`${at.field('imagePullSecrets').index(index).field('name')}: invalid empty name ""`],
  )
  const grace = spec.terminationGracePeriodSeconds
  return [
    ...spread,
    ...volumes,
    ...secrets,
    ...containersOf(spec, at).flatMap(([container, here]) => containerWarnings(container, here)),
    ...(grace !== undefined && grace < 0
      ? [`${at.field('terminationGracePeriodSeconds')}: must be >= 0; negative values are invalid and will be treated as 1`]
      : []),
  ]
}

/** Of the source of a volume, a persistent one too. */
export function sourceWarnings(volume: Omit<Volume, 'name'>, at: FieldPath): readonly string[] {
  return deprecatedSources.flatMap(([field, note]) => {
    // As upstream, which spells this one field its own way.
    const shown = field === 'storageos' ? 'storageOS' : field
    return volume[field] === undefined ? [] : [`${at.field(shown)}: ${note}`]
  })
}

function emptyWarnings({ name, projected }: Volume): readonly string[] {
  const isEmpty = projected !== undefined && (projected.sources ?? []).length === 0
  return isEmpty ? [`volume ${JSON.stringify(name)} (Projected) has no sources provided`] : []
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
      if (amount === undefined || (tryParseQuantity(amount)?.nano ?? 0n) % 1_000_000_000n === 0n) return []
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
