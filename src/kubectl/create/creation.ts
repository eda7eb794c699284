/** What the commands share that make one object of their flags: NAME, dry runs, the request, and what is printed. */
import { boolFlag, type FlagTable, stringFlag } from '#component/flags'
import { StatusError } from '#meta/status'
import { rememberingItself } from '../apply/last-applied.ts'
import type { Cluster } from '../cluster.ts'
import { type Call, type Command, defineCommand } from '../command.ts'
import { CommandError, messageOf, UsageError } from '../errors.ts'
import { formatFlags } from '../print/formats.ts'
import { type DryRun, dryRunFlag, dryRunOf, dryRunQuery, reporter } from '../print/outcome.ts'
import { createObject } from '../resources/access.ts'
import { validationFlag, validationOf } from '../resources/field-validation.ts'
import { type ApiResource, apiVersionOf } from '../resources/resource-catalog.ts'
import { type AnyObject, type Fields, fieldsOf } from '../resources/unstructured.ts'

const creationFlags = {
  ...formatFlags,
  'dry-run': dryRunFlag,
  'field-manager': stringFlag('kubectl-create', 'Whose fields these are, for managedFields.'),
  'save-config': boolFlag(false, 'Remember the object for a later apply.'),
  validate: validationFlag,
}

type CreationCall<F extends FlagTable = Record<never, never>> = Call<F & typeof creationFlags>

/** Fields of the object besides `kind` and `apiVersion`; `metadata` without the namespace. In the order of upstream's Go types. */
type Draft = { readonly metadata?: Fields } & Fields

type Creation<F extends FlagTable> = {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly summary: string
  readonly description?: string
  readonly examples: NonNullable<Command['examples']>
  readonly usage: string
  readonly flags: F
  readonly required?: readonly (keyof F & string)[]
  readonly resource: ApiResource
  /** What stands before the reason of a failed request. */
  readonly failure?: string
  draft(call: CreationCall<F>, name: string): Draft | Promise<Draft>
}

export function creationCommand<F extends FlagTable>(creation: Creation<F>): Command {
  const { name, aliases = [], summary, examples, usage, resource, failure = '', required = [] } = creation
  return defineCommand<F & typeof creationFlags>({
    name,
    aliases,
    summary,
    ...(creation.description === undefined ? {} : { description: creation.description }),
    examples,
    usage,
    flags: { ...creationFlags, ...creation.flags },
    async run(call) {
      requireFlags(call, required)
      const objectName = nameArgument(call)
      const draft = await creation.draft(call, objectName)
      await createAndReport(call, resource, { metadata: { name: objectName }, ...draft }, failure)
    },
  })
}

/** As upstream's command line says it of flags that have no default. */
export function requireFlags({ given }: Pick<Call, 'given'>, names: readonly string[]): void {
  const missing = names.filter((name) => !given.has(name))
  if (missing.length > 0) throw new CommandError(`required flag(s) ${missing.map((name) => JSON.stringify(name)).join(', ')} not set`)
}

/** The one plain word before `--`. */
export function nameArgument({ args, dashAt }: Pick<Call, 'args' | 'dashAt'>): string {
  const names = dashAt === undefined ? args : args.slice(0, dashAt)
  const [name] = names
  if (name === undefined || names.length > 1 || name === '') throw new UsageError(`exactly one NAME is required, got ${names.length}`)
  return name
}

/** What stands behind `--`, or behind the name. */
export function commandArguments({ args }: Pick<Call, 'args'>): readonly string[] {
  return args.slice(1)
}

async function createAndReport(call: CreationCall, resource: ApiResource, draft: Draft, failure: string): Promise<void> {
  const { flags } = call
  const dryRun = dryRunOf(flags['dry-run'])
  const report = await reporter(call, flags, dryRun)
  const plain = { kind: resource.kind, apiVersion: apiVersionOf(resource), ...draft, metadata: fieldsOf(draft.metadata) }
  try {
    const object = await createNewObject(call, resource, plain, dryRun)
    report({ resource, object, operation: 'created', keepsOrder: true })
  } catch (error) {
    throw failure === '' || !(error instanceof StatusError) ? error : new CommandError(`${failure}${messageOf(error)}`)
  }
}

/** What `createNewObject` needs of a command's flags. */
type NewObjectFlags = { readonly 'field-manager': string; readonly 'save-config': boolean; readonly validate?: string }

/** The object as the server made it, or as it would be sent in a dry run on the client. */
export async function createNewObject(
  { flags, cluster }: { readonly flags: NewObjectFlags; readonly cluster: Cluster },
  resource: ApiResource,
  plain: AnyObject,
  dryRun: DryRun,
): Promise<AnyObject> {
  const { name: namespace, isExplicit } = await cluster.namespace()
  const place = resource.scope === 'Namespaced' ? namespace : undefined
  const placed = isExplicit && place !== undefined ? { ...plain, metadata: withNamespace(plain.metadata, place) } : plain
  const object = flags['save-config'] ? rememberingItself(placed) : placed
  if (dryRun === 'client') return object
  return await createObject(cluster, { resource, namespace: place, name: plain.metadata.name ?? '' }, object, {
    ...dryRunQuery(dryRun),
    fieldManager: flags['field-manager'],
    fieldValidation: flags.validate === undefined ? undefined : validationOf(flags.validate),
  })
}

/** Behind the name, as in upstream's type. */
function withNamespace({ name, ...others }: AnyObject['metadata'], namespace: string): AnyObject['metadata'] {
  return { ...(name === undefined ? {} : { name }), namespace, ...others }
}
