/** The kinds of the group storage.k8s.io, in the order of their names. */
import type { Kind } from '#meta/kind'
import { CSIDriver } from './csi-driver.kind.ts'
import { CSINode } from './csi-node.kind.ts'
import { CSIStorageCapacity } from './csi-storage-capacity.kind.ts'
import { StorageClass } from './storage-class.kind.ts'
import { VolumeAttachment } from './volume-attachment.kind.ts'
import { VolumeAttributesClass } from './volume-attributes-class.kind.ts'

export const storageKinds: readonly Kind[] = [CSIDriver, CSINode, CSIStorageCapacity, StorageClass, VolumeAttachment, VolumeAttributesClass]
