/** A persistent volume claim, also as the template of an ephemeral volume. */

import { accessModesText } from '#kinds/core/access-modes'
import type { PersistentVolumeClaim, PersistentVolumeClaimTemplate, Pod, TypedLocalObjectReference } from '#kinds/core/types.gen'
import { ageOf } from '#meta/table'
import { pods } from './collections.ts'
import { annotationLines, goList, type Lines, labelLines, listLines, longTime, onlyIf } from './lines.ts'
import type { Surroundings } from './surroundings.ts'

export async function describeClaim(claim: PersistentVolumeClaim, around: Surroundings): Promise<Lines> {
  const { name = '', namespace = '', deletionTimestamp, finalizers } = claim.metadata
  const { phase = '', conditions = [] } = claim.status ?? {}
  const users = (await around.list(pods, { namespace })).filter((pod) => uses(pod, name)).map((pod) => pod.metadata.name ?? '')
  const status = deletionTimestamp === undefined ? phase : `Terminating (lasts ${ageOf(deletionTimestamp, around.nowMs)})`
  return [
    `Name:\t${name}`,
    `Namespace:\t${namespace}`,
    ...claimSpecLines(claim, { status: [`Status:\t${status}`], finalizers: [`Finalizers:\t${goList(finalizers)}`], valueMargin: '' }),
    ...listLines('Used By', users),
    ...(conditions.length === 0 ? [] : conditionLines(conditions)),
    ...(await around.events(claim)),
  ]
}

type ClaimLike = PersistentVolumeClaimTemplate & Partial<Pick<PersistentVolumeClaim, 'status'>>

/** Where a claim differs from a template: what only it has, and how far its labels stand to the right. */
type Own = { readonly status: Lines; readonly finalizers: Lines; readonly valueMargin: string }

/** As upstream: a template's labels carry the indentation of the block once more. */
const ofTemplate: Own = { status: [], finalizers: [], valueMargin: '    ' }

/** What a claim and a claim's template have in common. */
export function claimSpecLines(claim: ClaimLike, own: Own = ofTemplate): Lines {
  const { metadata = {}, spec, status } = claim
  const { volumeName = '', volumeMode, dataSource } = spec
  const isBound = volumeName !== ''
  return [
    `StorageClass:\t${metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? ''}`,
    ...own.status,
    `Volume:\t${volumeName}`,
    ...[...labelLines('Labels', metadata.labels), ...annotationLines('Annotations', metadata.annotations)].map((line) =>
      line.replace('\t', `\t${own.valueMargin}`),
    ),
    ...own.finalizers,
    `Capacity:\t${isBound ? (status?.capacity?.['storage'] ?? '0') : ''}`,
    `Access Modes:\t${isBound ? accessModesText(status?.accessModes) : ''}`,
    ...onlyIf(volumeMode !== undefined, `VolumeMode:\t${volumeMode}`),
    ...(dataSource === undefined ? [] : dataSourceLines(dataSource)),
  ]
}

function dataSourceLines({ apiGroup, kind, name }: TypedLocalObjectReference): Lines {
  return ['DataSource:', ...onlyIf(typeof apiGroup === 'string', `  APIGroup:\t${apiGroup}`), `  Kind:\t${kind}`, `  Name:\t${name}`]
}

function uses({ metadata, spec }: Pod, claimName: string): boolean {
  return (spec?.volumes ?? []).some(
    ({ name, persistentVolumeClaim, ephemeral }) =>
      persistentVolumeClaim?.claimName === claimName || (ephemeral !== undefined && `${metadata.name}-${name}` === claimName),
  )
}

function conditionLines(conditions: NonNullable<PersistentVolumeClaim['status']['conditions']>): Lines {
  return [
    'Conditions:',
    '  Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage',
    '  ----\t------\t-----------------\t------------------\t------\t-------',
    ...conditions.map(
      ({ type, status, lastProbeTime, lastTransitionTime, reason = '', message = '' }) =>
        `  ${type} \t${status} \t${longTime(lastProbeTime)} \t${longTime(lastTransitionTime)} \t${reason} \t${message}`,
    ),
  ]
}
