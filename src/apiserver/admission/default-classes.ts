/** Claims and ingresses that name no class get the default one. */
import { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import { Ingress } from '#kinds/networking/ingress.kind'
import { IngressClass } from '#kinds/networking/ingress-class.kind'
import { StorageClass } from '#kinds/storage/storage-class.kind'
import type { KubeObject } from '#meta/object'
import { definePlugin } from './plugin.ts'

export const defaultStorageClass = definePlugin<PersistentVolumeClaim>({
  name: 'DefaultStorageClass',
  kinds: [PersistentVolumeClaim],
  operations: ['CREATE'],
  mutate({ object: claim }, { state }) {
    const isChosen =
      claim.spec.storageClassName !== undefined || claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] !== undefined
    if (isChosen) return claim
    const storageClassName = newestDefault(state.list(StorageClass), ['storageclass.kubernetes.io/', 'storageclass.beta.kubernetes.io/'])
    return storageClassName === undefined ? claim : { ...claim, spec: { ...claim.spec, storageClassName } }
  },
})

export const defaultIngressClass = definePlugin<Ingress>({
  name: 'DefaultIngressClass',
  kinds: [Ingress],
  operations: ['CREATE'],
  mutate({ object: ingress }, { state }) {
    const isChosen =
      ingress.spec?.ingressClassName !== undefined || ingress.metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined
    if (isChosen) return ingress
    const ingressClassName = newestDefault(state.list(IngressClass), ['ingressclass.kubernetes.io/'])
    return ingressClassName === undefined ? ingress : { ...ingress, spec: { ...ingress.spec, ingressClassName } }
  },
})

/** Of several defaults the newest, so that a replacement counts before the old one is unmarked; then by name. */
function newestDefault(classes: readonly KubeObject[], prefixes: readonly string[]): string | undefined {
  const isDefault = ({ metadata }: KubeObject) => prefixes.some((prefix) => metadata.annotations?.[`${prefix}is-default-class`] === 'true')
  const [first] = classes.filter(isDefault).sort((one, other) => ageOf(other) - ageOf(one) || (nameOf(one) < nameOf(other) ? -1 : 1))
  return first?.metadata.name
}

function ageOf({ metadata }: KubeObject): number {
  return Date.parse(metadata.creationTimestamp ?? '') || 0
}

function nameOf({ metadata }: KubeObject): string {
  return metadata.name ?? ''
}
