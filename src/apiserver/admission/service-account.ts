/** Every pod runs under a service account of its namespace, and gets its token, unless it does not want it. */
import { randomSuffix } from '#base/env/random'
import { Pod } from '#kinds/core/pod/pod.kind'
import { ServiceAccount } from '#kinds/core/service-account.kind'
import type { Container, Volume, VolumeMount } from '#kinds/core/types.gen'
import { isMirrorPod } from './mirror-pod.ts'
import { type Admission, type AdmissionDeps, definePlugin, refusal } from './plugin.ts'

export const serviceAccountAdmission = definePlugin<Pod>({
  name: 'ServiceAccount',
  kinds: [Pod],
  operations: ['CREATE'],
  mutate: withServiceAccount,
})

const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount'
const volumePrefix = 'kube-api-access-'
/** As upstream: one hour and a bit; the odd number marks tokens whose life may be extended for old clients. */
const tokenSeconds = 3607

type PodSpec = NonNullable<Pod['spec']>

function withServiceAccount(admission: Admission<Pod>, { state, random }: AdmissionDeps): Pod {
  const { object: pod, namespace } = admission
  if (isMirrorPod(pod)) {
    refuseMirrorReferences(admission)
    return pod
  }
  const name = pod.spec.serviceAccountName || 'default'
  const account = state.get(ServiceAccount, namespace, name)
  if (account === undefined) {
    throw refusal(admission, `error looking up service account ${namespace}/${name}: serviceaccount ${JSON.stringify(name)} not found`)
  }
  const named: PodSpec = { ...pod.spec, serviceAccountName: name, serviceAccount: name }
  const mounted = wantsToken(named, account) ? withToken(named, () => `${volumePrefix}${randomSuffix(random)}`) : named
  const hasPullSecrets = (mounted.imagePullSecrets?.length ?? 0) > 0 || account.imagePullSecrets === undefined
  return { ...pod, spec: hasPullSecrets ? mounted : { ...mounted, imagePullSecrets: account.imagePullSecrets } }
}

/** A mirror pod only shows what a node does by itself: it must not open access to anything. */
function refuseMirrorReferences(admission: Admission<Pod>): void {
  const { serviceAccountName, volumes = [] } = admission.object.spec ?? {}
  if (serviceAccountName) throw refusal(admission, 'a mirror pod may not reference service accounts')
  if (volumes.some((volume) => volume.secret !== undefined)) throw refusal(admission, 'a mirror pod may not reference secrets')
  if (volumes.some(hasTokenSource)) throw refusal(admission, 'a mirror pod may not use ServiceAccountToken volume projections')
}

function hasTokenSource({ projected }: Volume): boolean {
  return projected?.sources?.some((source) => source.serviceAccountToken !== undefined) ?? false
}

/** The pod's word counts more than the account's. */
function wantsToken(spec: PodSpec, account: ServiceAccount): boolean {
  return spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true
}

function withToken(spec: PodSpec, newName: () => string): PodSpec {
  const containers = [...(spec.initContainers ?? []), ...spec.containers]
  if (containers.every(hasTokenMount)) return spec
  const existing = spec.volumes?.find((volume) => volume.name.startsWith(volumePrefix))
  const name = existing?.name ?? newName()
  const mount: VolumeMount = { name, readOnly: true, mountPath: tokenPath }
  const mounted = (container: Container): Container =>
    hasTokenMount(container) ? container : { ...container, volumeMounts: [...(container.volumeMounts ?? []), mount] }
  return {
    ...spec,
    volumes: existing === undefined ? [...(spec.volumes ?? []), tokenVolume(name)] : spec.volumes,
    containers: spec.containers.map(mounted),
    ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(mounted) }),
  }
}

function hasTokenMount({ volumeMounts = [] }: Container): boolean {
  return volumeMounts.some((mount) => mount.mountPath === tokenPath)
}

function tokenVolume(name: string): Volume {
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: tokenSeconds, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
      ],
      defaultMode: 0o644,
    },
  }
}
