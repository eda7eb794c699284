/** One editing: the editor opens, what was changed is saved, and what is refused comes back with the reasons until the user gives up. */
import { rm } from 'node:fs/promises'
import { hasReason, StatusError } from '#meta/status'
import type { Call } from '../command.ts'
import { CommandError, messageOf } from '../errors.ts'
import { type ApiResource, qualifiedPlural } from '../resources/resource-catalog.ts'
import type { AnyObject } from '../resources/unstructured.ts'
import { type DocumentFormat, documentOf, objectsOf, withExplanation, withoutComments } from './edit-document.ts'
import { editText } from './editor.ts'

export type Editable = { readonly resource: ApiResource; readonly object: AnyObject }

export type EditOptions = {
  readonly format: DocumentFormat
  readonly usesWindowsLines: boolean
  /** An object may be given another name. */
  readonly allowsRenames: boolean
  /** Saves one object, changed or not, and says so. Throws where it is refused. */
  save(original: Editable, edited: AnyObject): Promise<void>
}

export async function editObjects(call: Call, originals: readonly Editable[], options: EditOptions): Promise<void> {
  const { host, err } = call
  const { format } = options
  let document = documentOf(
    originals.map(({ object }) => object),
    format,
  )
  let failures: readonly string[] = []
  for (;;) {
    const shown = withExplanation(document, format, failures)
    const { path, text } = await editText(host, options.usesWindowsLines ? shown.replaceAll('\n', '\r\n') : shown, `.${format}`)
    const edited = withoutComments(text.replaceAll('\r\n', '\n'), format)
    if (edited.trim() === '') return await giveUp(path, () => err('Edit cancelled, saved file was empty.\n'))
    if (edited === withoutComments(document, format)) {
      if (failures.length === 0) return await giveUp(path, () => err('Edit cancelled, no changes made.\n'))
      throw keeping(call, path, 'Edit cancelled, no valid changes were saved.')
    }
    const outcome = await saveAll(originals, edited, options)
    if (outcome.type === 'saved') return await rm(path, { force: true })
    if (outcome.type === 'other-object') throw keeping(call, path, 'At least one of apiVersion, kind and name was changed')
    for (const message of outcome.messages) err(`error: ${message}\n`)
    failures = outcome.reasons
    document = edited
    await rm(path, { force: true })
  }
}

async function giveUp(path: string, say: () => void): Promise<void> {
  say()
  await rm(path, { force: true })
}

function keeping({ err }: Call, path: string, message: string): CommandError {
  err(`A copy of your changes has been stored to ${JSON.stringify(path)}\n`)
  return new CommandError(message)
}

type Outcome =
  | { readonly type: 'saved' }
  | { readonly type: 'other-object' }
  | { readonly type: 'refused'; readonly messages: readonly string[]; readonly reasons: readonly string[] }

async function saveAll(originals: readonly Editable[], text: string, options: EditOptions): Promise<Outcome> {
  let edited: readonly AnyObject[]
  try {
    edited = objectsOf(text)
  } catch (error) {
    return refusalOf(originals[0], `The edited file had a syntax error: ${messageOf(error)}`, true)
  }
  if (!options.allowsRenames && originals.some(({ object }, index) => !isSameObject(object, edited[index]))) return { type: 'other-object' }
  for (const [index, original] of originals.entries()) {
    const object = edited[index]
    if (object === undefined) continue
    try {
      await options.save(original, object)
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      return refusalOf(original, error.message, hasReason(error, 'Invalid', 'BadRequest'))
    }
  }
  return { type: 'saved' }
}

function isSameObject(original: AnyObject, edited: AnyObject | undefined): boolean {
  return edited?.apiVersion === original.apiVersion && edited.kind === original.kind && edited.metadata?.name === original.metadata.name
}

function refusalOf(editable: Editable | undefined, why: string, isInvalid: boolean): Outcome {
  const named =
    editable === undefined ? 'file' : `${qualifiedPlural(editable.resource)} ${JSON.stringify(editable.object.metadata.name ?? '')}`
  return isInvalid
    ? { type: 'refused', messages: [`${named} is invalid`], reasons: [`${named} was not valid:`, `* ${why}`] }
    : { type: 'refused', messages: [`${named} could not be patched: ${why}`], reasons: [`${named} could not be patched: ${why}`] }
}
