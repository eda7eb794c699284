/** The APIService objects of what this server serves itself: one for each version of each group, in upstream's order of preference. */
import type { Client } from '#client/client'
import { APIService } from '#kinds/apiregistration/api-service.kind'
import { hasReason } from '#meta/status'
import { asApiServer, createUnlessThere, isEqual } from './restore-object.ts'

const managedLabel = 'kube-aggregator.kubernetes.io/automanaged'
const managedOnStart = { [managedLabel]: 'onstart' }

export type ServedVersion = { readonly group: string; readonly version: string }

/** Higher is preferred, in discovery and where clients look a resource up by its name. */
const groupPriorities: Readonly<Record<string, number>> = {
  '': 18_000,
  apps: 17_800,
  'events.k8s.io': 17_750,
  'authentication.k8s.io': 17_700,
  'authorization.k8s.io': 17_600,
  autoscaling: 17_500,
  batch: 17_400,
  'certificates.k8s.io': 17_300,
  'networking.k8s.io': 17_200,
  policy: 17_100,
  'rbac.authorization.k8s.io': 17_000,
  'storage.k8s.io': 16_800,
  'admissionregistration.k8s.io': 16_700,
  'apiextensions.k8s.io': 16_700,
  'scheduling.k8s.io': 16_600,
  'coordination.k8s.io': 16_500,
  'node.k8s.io': 16_300,
  'discovery.k8s.io': 16_200,
  'resource.k8s.io': 16_200,
  'flowcontrol.apiserver.k8s.io': 16_100,
  'internal.apiserver.k8s.io': 16_000,
  'storagemigration.k8s.io': 15_800,
}

const versionPriorities: Readonly<Record<string, number>> = {
  v1: 1,
  'v1.flowcontrol.apiserver.k8s.io': 21,
  'v1.resource.k8s.io': 21,
  'v2.autoscaling': 30,
  'v1beta1.admissionregistration.k8s.io': 12,
  'v1beta1.coordination.k8s.io': 13,
  'v1beta2.resource.k8s.io': 15,
  'v1alpha1.certificates.k8s.io': 1,
  'v1alpha2.coordination.k8s.io': 12,
  'v1alpha2.scheduling.k8s.io': 2,
  'v1alpha3.resource.k8s.io': 1,
}

/** The registration itself is no registered version. */
export function localApiServices(versions: readonly ServedVersion[]): readonly APIService[] {
  return versions.filter(({ group }) => group !== APIService.group).map(localApiService)
}

function localApiService({ group, version }: ServedVersion): APIService {
  const name = group === '' ? version : `${version}.${group}`
  const usual = /(alpha|beta)/.test(version) ? 9 : 15
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `${version}.${group}`, labels: managedOnStart },
    spec: {
      ...(group === '' ? {} : { group }),
      version,
      groupPriorityMinimum: groupPriorities[group] ?? 1000,
      versionPriority: versionPriorities[name] ?? usual,
    },
    status: {},
  }
}

/**
 * As upstream, at the start and not again: makes what is missing, mends what was changed, and takes away what is no longer served. What
 * does not carry the label, because someone took it off, is theirs.
 */
export async function ensureApiServices(client: Client, versions: readonly ServedVersion[], signal?: AbortSignal): Promise<void> {
  const wanted = localApiServices(versions)
  const { items } = await client.list(APIService, {}, signal)
  const found = new Map(items.map((object) => [object.metadata.name, object]))
  const names = new Set(wanted.map(({ metadata }) => metadata.name))
  const stale = items.filter((object) => isManaged(object) && !names.has(object.metadata.name))
  await Promise.all([
    ...wanted.map(async (object) => {
      const existing = found.get(object.metadata.name)
      if (existing === undefined) return await createUnlessThere(client, APIService, object, asApiServer, signal)
      if (!isManaged(existing) || isEqual(existing.spec, object.spec)) return
      await unlessOvertaken(client.update(APIService, { ...existing, spec: object.spec }, asApiServer, signal))
    }),
    ...stale.map(async ({ metadata: { name = '', uid } }) => await unlessOvertaken(client.delete(APIService, { name }, { uid }, signal))),
  ])
}

/** Another API server of the same cluster may be quicker, and wants the same. */
async function unlessOvertaken(write: Promise<unknown>): Promise<void> {
  try {
    await write
  } catch (error) {
    if (!hasReason(error, 'Conflict', 'NotFound')) throw error
  }
}

function isManaged({ metadata: { labels } }: APIService): boolean {
  return labels?.[managedLabel] === managedOnStart[managedLabel]
}
