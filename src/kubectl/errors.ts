/** What a command may fail with, and the words and exit status that the user gets for it: those of upstream. */
import { ConnectionError } from '#client/transport'
import { type StatusCause, StatusError } from '#meta/status'

/** The user has to mend something; the message says what. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly exitStatus: number
  /** Printed without `error: ` before it. */
  readonly isBare: boolean

  constructor(message: string, { exitStatus = 1, isBare = false }: { readonly exitStatus?: number; readonly isBare?: boolean } = {}) {
    super(message)
    this.exitStatus = exitStatus
    this.isBare = isBare
  }
}

/** The command line itself is wrong: help is pointed at. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Several things failed while others went well. */
export class ManyErrors extends Error {
  override readonly name = 'ManyErrors'
  readonly errors: readonly unknown[]

  constructor(errors: readonly unknown[]) {
    super(errors.map((error) => messageOf(error)).join('\n'))
    this.errors = errors
  }
}

/** Ends with a status and without a further word. */
export class SilentExit extends Error {
  override readonly name = 'SilentExit'
  readonly exitStatus: number

  constructor(exitStatus: number) {
    super(`exit status ${exitStatus}`)
    this.exitStatus = exitStatus
  }
}

/** For the few failures that upstream tells without `error:` before them. */
export async function unprefixed<T>(pending: Promise<T>): Promise<T> {
  return await pending.catch((error: unknown) => {
    throw new ManyErrors([error])
  })
}

/** Throws what was collected, if anything was. */
export function throwAll(errors: readonly unknown[]): void {
  if (errors.length === 1) throw errors[0]
  if (errors.length > 1) throw new ManyErrors(errors)
}

/** A list that was refused for its selectors says what was looked for. */
export function withSelectors(
  error: unknown,
  resource: GroupVersionPlural,
  selectors: { readonly labelSelector?: string | undefined; readonly fieldSelector?: string | undefined },
): unknown {
  if (!(error instanceof StatusError) || (error.reason !== 'BadRequest' && error.reason !== 'NotFound')) return error
  const { labelSelector = '', fieldSelector = '' } = selectors
  const name = `"${resource.group}/${resource.version}, Resource=${resource.plural}"`
  const message =
    labelSelector === '' && fieldSelector === ''
      ? `Unable to list ${name}: ${error.message}`
      : `Unable to find ${name} that match label selector ${JSON.stringify(labelSelector)}, field selector ${JSON.stringify(fieldSelector)}: ${error.message}`
  return new StatusError(error.code, error.reason, message, error.details, error)
}

type GroupVersionPlural = { readonly group: string; readonly version: string; readonly plural: string }

/** A StatusError that also says what was being done: `error when creating "a.yaml": ...`. */
export function withSource(error: unknown, verb: string, source: string | undefined): unknown {
  if (source === undefined || !(error instanceof Error)) return error
  const message = `error when ${verb} ${JSON.stringify(source)}: ${error.message}`
  if (error instanceof StatusError) return new StatusError(error.code, error.reason, message, error.details, error)
  return error instanceof CommandError ? new CommandError(message) : error
}

export type Failure = { readonly text: string; readonly exitStatus: number }

/** What is printed on standard error, ending in a line break where it is not empty. */
export function failureOf(error: unknown): Failure {
  if (error instanceof SilentExit) return { text: '', exitStatus: error.exitStatus }
  if (error instanceof ManyErrors)
    return { text: error.errors.map((one) => `${standardMessage(one) ?? messageOf(one)}\n`).join(''), exitStatus: 1 }
  if (error instanceof StatusError && error.reason === 'Invalid') return { text: withLineBreak(invalidMessage(error)), exitStatus: 1 }
  const exitStatus = error instanceof CommandError ? error.exitStatus : 1
  const message = messageOf(error)
  const text = standardMessage(error) ?? (message.startsWith('error: ') ? message : `error: ${message}`)
  return { text: withLineBreak(text), exitStatus }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Messages that do not begin with `error:`. */
function standardMessage(error: unknown): string | undefined {
  if (error instanceof StatusError) {
    if (error.reason === 'Unauthorized') return `error: You must be logged in to the server (${error.message})`
    return error.reason === '' ? `Error from server: ${error.message}` : `Error from server (${error.reason}): ${error.message}`
  }
  if (error instanceof CommandError && error.isBare) return error.message
  if (error instanceof ConnectionError) return connectionMessage(error)
  return undefined
}

function connectionMessage(error: ConnectionError): string {
  const [, url = '', why = error.message] = /^[A-Za-z]+ "([^"]*)": (.*)$/s.exec(error.message) ?? []
  if (!why.includes('connection refused')) return `Unable to connect to the server: ${why}`
  const host = URL.canParse(url) ? new URL(url).host : url
  return `The connection to the server ${host} was refused - did you specify the right host or port?`
}

function invalidMessage(error: StatusError): string {
  const { details } = error
  if (details === undefined) return error.message === '' ? 'The request is invalid' : `The request is invalid: ${error.message}`
  const causes = details.causes ?? []
  const isNamed = (details.kind ?? '') !== '' || (details.name ?? '') !== ''
  if (causes.length === 0 && !isNamed) return `The request is invalid: ${error.message}`
  const subject = isNamed ? `The ${details.kind ?? ''} ${JSON.stringify(details.name ?? '')} is invalid` : 'The request is invalid'
  return causes.length === 0 ? subject : `${subject}: ${causeLines(causes)}`
}

function causeLines(causes: readonly StatusCause[]): string {
  const lines = [...new Set(causes.map(({ field = '', message = '' }) => `${field}: ${message}`))]
  return lines.length === 1 ? `${lines[0]}` : `\n${lines.map((line) => `* ${line}\n`).join('')}`
}

function withLineBreak(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}
