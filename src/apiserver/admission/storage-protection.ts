/** Storage in use outlives its deletion: a finalizer holds it until a controller sees that nobody needs it. */
import { PersistentVolume } from '#kinds/core/persistent-volume.kind'
import { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import { VolumeAttributesClass } from '#kinds/storage/volume-attributes-class.kind'
import { type KubeObject, withMeta } from '#meta/object'
import { type AdmissionPlugin, definePlugin } from './plugin.ts'

const name = 'StorageObjectInUseProtection'
const operations = ['CREATE'] as const

export const storageProtection: readonly [AdmissionPlugin, ...AdmissionPlugin[]] = [
  definePlugin<PersistentVolumeClaim>({
    name,
    operations,
    kinds: [PersistentVolumeClaim],
    mutate: ({ object }) => withFinalizer(object, 'kubernetes.io/pvc-protection'),
  }),
  definePlugin<PersistentVolume>({
    name,
    operations,
    kinds: [PersistentVolume],
    mutate: ({ object }) => withFinalizer(object, 'kubernetes.io/pv-protection'),
  }),
  definePlugin<VolumeAttributesClass>({
    name,
    operations,
    kinds: [VolumeAttributesClass],
    mutate: ({ object }) => withFinalizer(object, 'kubernetes.io/vac-protection'),
  }),
]

function withFinalizer<T extends KubeObject>(object: T, finalizer: string): T {
  const finalizers = object.metadata.finalizers ?? []
  return finalizers.includes(finalizer) ? object : withMeta(object, { finalizers: [...finalizers, finalizer] })
}
