/** A node gets tokens for the pods that run on it only, and for the audiences that these pods name. */
import type { TokenRequest } from '#kinds/authentication/types.gen'
import { PersistentVolume } from '#kinds/core/persistent-volume.kind'
import { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { ServiceAccount } from '#kinds/core/service-account.kind'
import type { Volume } from '#kinds/core/types.gen'
import { CSIDriver } from '#kinds/storage/csi-driver.kind'
import { StatusError } from '#meta/status'
import type { Authorizer } from '../authz/authorizer.ts'
import type { StateReader } from '../exchange.ts'
import { forNodes } from './for-nodes.ts'
import { type Admission, type AdmissionPlugin, definePlugin, refusal } from './plugin.ts'

export function tokenRestriction(authorizer: Authorizer): AdmissionPlugin {
  return definePlugin<ServiceAccount>({
    name: 'NodeRestriction',
    kinds: [ServiceAccount],
    operations: ['CREATE'],
    subresources: ['token'],
    validate: forNodes(async (admission, nodeName, state, signal) => {
      // The object of this write is the request, which is what its kind says of it.
      const request = admission.object as unknown as TokenRequest
      const pod = boundPod(admission, request, nodeName, state)
      await checkAudience(admission, request, pod, { authorizer, state }, signal)
    }),
  })
}

function boundPod(admission: Admission<ServiceAccount>, { spec }: TokenRequest, nodeName: string, state: StateReader): Pod {
  const bound = spec.boundObjectRef
  if (bound?.apiVersion !== 'v1' || bound.kind !== 'Pod' || !bound.name) throw refusal(admission, 'node requested token not bound to a pod')
  if (!bound.uid) throw refusal(admission, 'node requested token with a pod binding without a uid')
  const pod = state.get(Pod, admission.namespace, bound.name)
  // As upstream, which says the singular here.
  if (pod === undefined)
    throw new StatusError(404, 'NotFound', `pod ${JSON.stringify(bound.name)} not found`, { name: bound.name, kind: 'pod' })
  if (pod.metadata.uid !== bound.uid) {
    throw refusal(
      admission,
      `the UID in the bound object reference (${bound.uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    )
  }
  if (pod.spec?.nodeName !== nodeName) throw refusal(admission, 'node requested token bound to a pod scheduled on a different node')
  return pod
}

async function checkAudience(
  admission: Admission<ServiceAccount>,
  { spec: { audiences = [] } }: TokenRequest,
  pod: Pod,
  { authorizer, state }: { readonly authorizer: Authorizer; readonly state: StateReader },
  signal: AbortSignal,
): Promise<void> {
  if (audiences.length > 1) throw refusal(admission, 'node may only request 0 or 1 audiences')
  // No audience is that of the API server, which volumes leave empty too.
  const [audience = ''] = audiences
  if (audiencesOf(pod, state).has(audience)) return
  const { user, namespace, name } = admission
  const resource = { group: '', version: 'v1', resource: audience, subresource: '', namespace, name }
  const { verdict } = await authorizer.decide({ user, verb: 'request-serviceaccounts-token-audience', resource }, signal)
  if (verdict === 'allow') return
  throw refusal(
    admission,
    `audience ${JSON.stringify(audience)} not found in pod spec volume, ${user.name} is not authorized to request tokens for this audience`,
  )
}

/** Those of its token volumes, and of the drivers of its other volumes. */
function audiencesOf({ metadata, spec }: Pod, state: StateReader): ReadonlySet<string> {
  const audiences = new Set<string>()
  for (const volume of spec.volumes ?? []) {
    for (const { serviceAccountToken } of volume.projected?.sources ?? [])
      if (serviceAccountToken !== undefined) audiences.add(serviceAccountToken.audience ?? '')
    const driver = driverOf(volume, metadata, state)
    const requests = driver === undefined ? [] : (state.get(CSIDriver, undefined, driver)?.spec.tokenRequests ?? [])
    for (const { audience } of requests) audiences.add(audience)
  }
  return audiences
}

function driverOf(volume: Volume, { namespace = '', name = '' }: Pod['metadata'], state: StateReader): string | undefined {
  if (volume.csi !== undefined) return volume.csi.driver
  const claimName = volume.ephemeral === undefined ? volume.persistentVolumeClaim?.claimName : `${name}-${volume.name}`
  const claim = claimName === undefined ? undefined : state.get(PersistentVolumeClaim, namespace, claimName)
  const volumeName = claim?.spec.volumeName
  return volumeName ? state.get(PersistentVolume, undefined, volumeName)?.spec?.csi?.driver : undefined
}
