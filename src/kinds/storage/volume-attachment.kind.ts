/** Ties a volume to a node. */
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import { keepSpecAndMeta, keepStatus } from '../status-rules.ts'
import { statusSubresource } from '../subresources.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'
import { validateAttachmentStatus, validateAttachmentUpdate, validateVolumeAttachment } from './volume-attachment-validation.ts'

export type VolumeAttachment = types.VolumeAttachment
export const VolumeAttachment: Kind<VolumeAttachment> = defineKind({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  scope: 'Cluster',
  returnsDeleted: true,
  updatesUnconditionally: false,
  schema: schemas.VolumeAttachment,
  columns: [
    nameColumn,
    { name: 'Attacher', type: 'string', format: 'name', describedBy: 'spec.attacher', cell: (object) => object.spec.attacher },
    {
      name: 'PV',
      type: 'string',
      describedBy: 'spec.source.persistentVolumeName',
      cell: (object) => object.spec.source.persistentVolumeName ?? '',
    },
    { name: 'Node', type: 'string', describedBy: 'spec.nodeName', cell: (object) => object.spec.nodeName },
    { name: 'Attached', type: 'boolean', describedBy: 'status.attached', cell: (object) => object.status.attached },
    ageColumn,
  ],
  prepareCreate: (attachment) => ({ ...attachment, status: { attached: false } }),
  validate: validateVolumeAttachment,
  update: { prepare: keepStatus, validate: validateAttachmentUpdate },
  status: { prepare: keepSpecAndMeta, validate: validateAttachmentStatus, resets: ['metadata', 'spec'] },
  subresources: [statusSubresource('VolumeAttachment')],
})
