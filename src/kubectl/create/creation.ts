/** What the commands share that make one object of their flags: NAME, dry runs, the request, and what is printed. */
import { boolFlag, type FlagTable, stringFlag } from '#component/flags'
import { rememberingItself } from '../apply/last-applied.ts'
import { type Call, type Command, defineCommand } from '../command.ts'
import { CommandError, messageOf, UsageError } from '../errors.ts'
import { formatFlags } from '../print/formats.ts'
import { dryRunFlag, dryRunOf, dryRunQuery, reporter } from '../print/outcome.ts'
import { createObject } from '../resources/access.ts'
import { validationFlag, validationOf } from '../resources/field-validation.ts'
import { type ApiResource, apiVersionOf } from '../resources/resource-catalog.ts'
import type { AnyObject, Fields } from '../resources/unstructured.ts'

export const creationFlags = {
  ...formatFlags,
  'dry-run': dryRunFlag,
  'field-manager': stringFlag('kubectl-create', 'Whose fields these are, for managedFields.'),
  'save-config': boolFlag(false, 'Remember the object for a later apply.'),
  validate: validationFlag,
}

export type CreationCall<F extends FlagTable = Record<never, never>> = Call<F & typeof creationFlags>

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
  const { flags, cluster } = call
  const dryRun = dryRunOf(flags['dry-run'])
  const validation = validationOf(flags.validate)
  const report = await reporter(call, flags, dryRun)
  const { name: namespace, isExplicit } = await cluster.namespace()
  const place = resource.scope === 'Namespaced' ? namespace : undefined
  const plain = { kind: resource.kind, apiVersion: apiVersionOf(resource), ...withNamespace(draft, isExplicit ? place : undefined) }
  const object = flags['save-config'] ? rememberingItself(plain) : plain
  const target = { resource, namespace: place, name: String(draft.metadata?.['name'] ?? '') }
  const created =
    dryRun === 'client'
      ? object
      : await createObject(cluster, target, object, {
          ...dryRunQuery(dryRun),
          fieldManager: flags['field-manager'],
          fieldValidation: validation,
        }).catch((error: unknown) => {
          throw failure === '' ? error : new CommandError(`${failure}${messageOf(error)}`)
        })
  report({ resource, object: created, operation: 'created', keepsOrder: true })
}

function withNamespace(draft: Draft, namespace: string | undefined): Fields & { readonly metadata: AnyObject['metadata'] } {
  const { metadata = {}, ...rest } = draft
  const { name, ...others } = metadata
  return {
    metadata: { ...(name === undefined ? {} : { name: String(name) }), ...(namespace === undefined ? {} : { namespace }), ...others },
    ...rest,
  }
}
