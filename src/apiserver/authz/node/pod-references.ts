/** The objects of its namespace that a pod needs at its node. Pure. */
import type { Container, Pod, Volume } from '#kinds/core/types.gen'

export type ReferenceKind = 'secrets' | 'configmaps' | 'persistentvolumeclaims' | 'serviceaccounts' | 'resourceclaims'
export type PodReference = { readonly kind: ReferenceKind; readonly name: string }

export function* referencesOf(pod: Pod): Generator<PodReference, void> {
  const { spec } = pod
  if (spec === undefined) return
  if (spec.serviceAccountName) yield { kind: 'serviceaccounts', name: spec.serviceAccountName }
  yield* named('secrets', spec.imagePullSecrets)
  for (const container of [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])])
    yield* referencesOfContainer(container)
  for (const volume of spec.volumes ?? []) yield* referencesOfVolume(volume, pod.metadata.name ?? '')
  for (const { resourceClaimName } of spec.resourceClaims ?? [])
    if (resourceClaimName) yield { kind: 'resourceclaims', name: resourceClaimName }
  for (const { resourceClaimName } of pod.status?.resourceClaimStatuses ?? []) {
    if (resourceClaimName) yield { kind: 'resourceclaims', name: resourceClaimName }
  }
}

function* referencesOfContainer({ env = [], envFrom = [] }: Pick<Container, 'env' | 'envFrom'>): Generator<PodReference, void> {
  for (const { secretRef, configMapRef } of envFrom) {
    yield* named('secrets', [secretRef])
    yield* named('configmaps', [configMapRef])
  }
  for (const { valueFrom } of env) {
    yield* named('secrets', [valueFrom?.secretKeyRef])
    yield* named('configmaps', [valueFrom?.configMapKeyRef])
  }
}

function* referencesOfVolume(volume: Volume, podName: string): Generator<PodReference, void> {
  if (volume.secret?.secretName) yield { kind: 'secrets', name: volume.secret.secretName }
  if (volume.persistentVolumeClaim) yield { kind: 'persistentvolumeclaims', name: volume.persistentVolumeClaim.claimName }
  if (volume.ephemeral) yield { kind: 'persistentvolumeclaims', name: `${podName}-${volume.name}` }
  yield* named('configmaps', [volume.configMap])
  for (const { secret, configMap } of volume.projected?.sources ?? []) {
    yield* named('secrets', [secret])
    yield* named('configmaps', [configMap])
  }
  const { cephfs, rbd, flexVolume, scaleIO, iscsi, storageos, csi } = volume
  yield* named('secrets', [
    cephfs?.secretRef,
    rbd?.secretRef,
    flexVolume?.secretRef,
    scaleIO?.secretRef,
    iscsi?.secretRef,
    storageos?.secretRef,
  ])
  yield* named('secrets', [csi?.nodePublishSecretRef])
  if (volume.azureFile) yield { kind: 'secrets', name: volume.azureFile.secretName }
}

function* named(kind: ReferenceKind, references: readonly ({ readonly name?: string } | undefined)[] = []): Generator<PodReference, void> {
  for (const reference of references) if (reference?.name) yield { kind, name: reference.name }
}
