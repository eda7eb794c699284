/** Server-side apply: the server merges, by who owns which field. */
import { hasReason } from '#meta/status'
import type { Cluster } from '../cluster.ts'
import { CommandError, withSource } from '../errors.ts'
import { getObject, patchObject, type WriteQuery } from '../resources/access.ts'
import type { ObjectQuery } from '../resources/queries.ts'
import type { AnyObject } from '../resources/unstructured.ts'
import { lastAppliedAnnotation } from './last-applied.ts'
import { upgradedManagedFields } from './managed-fields-upgrade.ts'

const clientSideManager = 'kubectl-client-side-apply'

type ServerSideOptions = { readonly query: WriteQuery & { readonly fieldManager: string } }

export async function applyOnServer(
  cluster: Cluster,
  target: ObjectQuery & { readonly object: AnyObject },
  { query }: ServerSideOptions,
): Promise<AnyObject> {
  const apply = () => patchObject(cluster, target, { type: 'apply', body: target.object }, query)
  try {
    const applied = await apply()
    if (query.dryRun !== undefined || !(await upgrade(cluster, target, query.fieldManager))) return applied
    return await apply()
  } catch (error) {
    throw hasReason(error, 'Conflict') ? conflictError(error.message) : withSource(error, 'applying', target.source)
  }
}

/** Whether there was something to hand over from client-side apply. */
async function upgrade(cluster: Cluster, target: ObjectQuery, serverManager: string): Promise<boolean> {
  const live = await getObject(cluster, target)
  if (upgradedManagedFields(live.metadata.managedFields ?? [], clientSideManager, serverManager) === undefined) return false
  await keepAnnotation(cluster, target, live)
  const { managedFields = [], resourceVersion } = (await getObject(cluster, target)).metadata
  const upgraded = upgradedManagedFields(managedFields, clientSideManager, serverManager)
  const operations = [
    { op: 'replace', path: '/metadata/managedFields', value: upgraded },
    { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
  ]
  await patchObject(cluster, target, { type: 'json', body: operations })
  return true
}

/** The annotation of client-side apply gets a manager of its own, or it would go with the next apply. */
async function keepAnnotation(cluster: Cluster, target: ObjectQuery, { apiVersion, kind, metadata }: AnyObject): Promise<void> {
  const value = metadata.annotations?.[lastAppliedAnnotation]
  if (value === undefined) return
  const { name, namespace } = metadata
  const body = { apiVersion, kind, metadata: { name, namespace, annotations: { [lastAppliedAnnotation]: value } } }
  await patchObject(cluster, target, { type: 'apply', body }, { fieldManager: 'kubectl-last-applied', force: true })
}

function conflictError(message: string): CommandError {
  return new CommandError(
    [
      message,
      'Please review the fields above--they currently have other managers. Here',
      'are the ways you can resolve this warning:',
      '* If you intend to manage all of these fields, please re-run the apply',
      '  command with the `--force-conflicts` flag.',
      '* If you do not intend to manage all of the fields, please edit your',
      '  manifest to remove references to the fields that should keep their',
      '  current managers.',
      '* You may co-own fields by updating your manifest to match the existing',
      "  value; in this case, you'll become the manager if the other manager(s)",
      '  stop managing the field (remove it from their configuration).',
      'See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts',
    ].join('\n'),
  )
}
