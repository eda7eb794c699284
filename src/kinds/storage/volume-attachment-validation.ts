/** What an attachment names, it names for good (upstream: ValidateVolumeAttachment). */
import { type FieldErrors, FieldPath, immutable, required } from '#meta/field-path'
import { isDns1123Subdomain } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { validateCsiDriverName } from './csi-node-validation.ts'
import { validateProvisioner } from './storage-class-validation.ts'
import type { VolumeAttachment } from './types.gen.ts'

const spec = FieldPath.of('spec')

export function* validateVolumeAttachment({ spec: { attacher = '', source = {}, nodeName = '' } }: VolumeAttachment): FieldErrors {
  yield* validateProvisioner(attacher, spec.field('attacher'))
  const { inlineVolumeSpec, persistentVolumeName = '' } = source
  if ((inlineVolumeSpec === undefined) === (persistentVolumeName === '')) {
    yield required(spec.field('source'), 'must specify exactly one of inlineVolumeSpec and persistentVolumeName')
  } else if (inlineVolumeSpec === undefined) {
    const at = spec.field('source').field('persistentVolumeName')
    yield* invalidEach(at, persistentVolumeName, isDns1123Subdomain(persistentVolumeName))
  }
  yield* invalidEach(spec.field('nodeName'), nodeName, isDns1123Subdomain(nodeName))
}

/** New attachments name a driver by its full rules. */
export function* validateNewAttachment({ spec: { attacher = '' } }: VolumeAttachment): FieldErrors {
  if (attacher !== '') yield* validateCsiDriverName(attacher, spec.field('attacher'))
}

export function* validateAttachmentUpdate(next: VolumeAttachment, old: VolumeAttachment): FieldErrors {
  yield* immutable(spec, next.spec, old.spec)
}
