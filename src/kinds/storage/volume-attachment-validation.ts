/** What an attachment names, it names for good (upstream: ValidateVolumeAttachment). */
import { type FieldErrors, FieldPath, forbiddenField, invalid, required, tooLong } from '#meta/field-path'
import { betweenMessage, isDns1123Subdomain } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { validateInlineVolume } from '../core/persistent-volume-validation.ts'
import { isSameValue } from '../same-value.ts'
import { internalForm } from '../shown/internal-form.ts'
import { validateCsiDriverName } from './csi-node-validation.ts'
import * as schemas from './schema.gen.ts'
import type { VolumeAttachment, VolumeError } from './types.gen.ts'

const spec = FieldPath.of('spec')

export function* validateVolumeAttachment({ spec: { attacher = '', source = {}, nodeName = '' } }: VolumeAttachment): FieldErrors {
  yield* validateCsiDriverName(attacher, spec.field('attacher'))
  const at = spec.field('source')
  const { inlineVolumeSpec, persistentVolumeName: name } = source
  const oneOf = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'
  if (inlineVolumeSpec === undefined && name === undefined) yield required(at, oneOf)
  else if (inlineVolumeSpec !== undefined && name !== undefined) yield forbiddenField(at, oneOf)
  else if (name !== undefined) {
    if (name === '') yield required(at.field('persistentVolumeName'), 'must specify non empty persistentVolumeName')
    yield* invalidEach(at.field('persistentVolumeName'), name, isDns1123Subdomain(name))
  } else if (inlineVolumeSpec !== undefined) yield* validateInlineVolume(inlineVolumeSpec, at.field('inlineVolumeSpec'))
  yield* invalidEach(spec.field('nodeName'), nodeName, isDns1123Subdomain(nodeName))
}

export function* validateAttachmentUpdate(next: VolumeAttachment, old: VolumeAttachment): FieldErrors {
  if (!isSameValue(next.spec, old.spec)) yield invalid(spec, internalForm(schemas.VolumeAttachmentSpec, next.spec), 'field is immutable')
}

const statusBytesMax = 256 * 1024
const errorCodeMax = 2 ** 31 - 1

export function* validateAttachmentStatus({ status }: VolumeAttachment): FieldErrors {
  const at = FieldPath.of('status')
  const byteCount = Object.entries(status.attachmentMetadata ?? {}).reduce((sum, [key, value]) => sum + key.length + value.length, 0)
  if (byteCount > statusBytesMax) yield tooLong(at.field('attachmentMetadata'), statusBytesMax)
  for (const field of ['attachError', 'detachError'] as const) yield* validateError(status[field] ?? {}, at.field(field))
}

function* validateError({ message = '', errorCode }: VolumeError, at: FieldPath): FieldErrors {
  if (message.length > statusBytesMax) yield tooLong(at.field('message'), statusBytesMax)
  if (errorCode !== undefined && (errorCode < 0 || errorCode > errorCodeMax))
    yield invalid(at.field('errorCode'), errorCode, betweenMessage(0, errorCodeMax))
}
