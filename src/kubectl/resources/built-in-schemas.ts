/** Schemas of the built-in kinds: strategic merge patches need their merge keys. Custom resources have none. */
import type { Schema } from '#meta/schema/schema'
import { type ApiResource, apiVersionOf } from './resource-catalog.ts'

type Definitions = Readonly<Record<string, unknown>>

const loaders: Readonly<Record<string, () => Promise<Definitions>>> = {
  v1: () => import('#kinds/core/schema.gen'),
  'admissionregistration.k8s.io/v1': () => import('#kinds/admissionregistration/schema.gen'),
  'apiextensions.k8s.io/v1': () => import('#kinds/apiextensions/schema.gen'),
  'apiregistration.k8s.io/v1': () => import('#kinds/apiregistration/schema.gen'),
  'apps/v1': () => import('#kinds/apps/schema.gen'),
  'autoscaling/v2': () => import('#kinds/autoscaling/schema.gen'),
  'autoscaling/v1': () => import('#kinds/autoscaling/schema.v1.gen'),
  'batch/v1': () => import('#kinds/batch/schema.gen'),
  'certificates.k8s.io/v1': () => import('#kinds/certificates/schema.gen'),
  'coordination.k8s.io/v1': () => import('#kinds/coordination/schema.gen'),
  'discovery.k8s.io/v1': () => import('#kinds/discovery/schema.gen'),
  'events.k8s.io/v1': () => import('#kinds/events/schema.gen'),
  'flowcontrol.apiserver.k8s.io/v1': () => import('#kinds/flowcontrol/schema.gen'),
  'networking.k8s.io/v1': () => import('#kinds/networking/schema.gen'),
  'node.k8s.io/v1': () => import('#kinds/node/schema.gen'),
  'policy/v1': () => import('#kinds/policy/schema.gen'),
  'rbac.authorization.k8s.io/v1': () => import('#kinds/rbac/schema.gen'),
  'resource.k8s.io/v1': () => import('#kinds/resource/schema.gen'),
  'scheduling.k8s.io/v1': () => import('#kinds/scheduling/schema.gen'),
  'storage.k8s.io/v1': () => import('#kinds/storage/schema.gen'),
}

export async function builtInSchemaOf(resource: ApiResource): Promise<Schema | undefined> {
  const definitions = await loaders[apiVersionOf(resource)]?.()
  return definitions?.[resource.kind] as Schema | undefined
}
