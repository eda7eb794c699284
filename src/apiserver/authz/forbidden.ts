/** The refusal that a client reads, in upstream's words. */
import { forbidden, type StatusError } from '#meta/status'
import type { Answer } from '../exchange.ts'
import { errorAnswer } from '../request/error-answer.ts'
import type { AccessQuestion } from './authorizer.ts'

export function accessForbidden(question: AccessQuestion, reason: string): StatusError {
  const message = reason === '' ? sentenceOf(question) : `${sentenceOf(question)}: ${reason}`
  const { group = '', resource: plural = '', name = '' } = question.resource ?? {}
  return forbidden({ group, plural }, name, message)
}

/** The refusal as an answer. As upstream, it carries a header that refusals of admission lack. */
export function forbiddenAnswer(question: AccessQuestion, reason: string): Answer {
  return { ...errorAnswer(accessForbidden(question, reason)), headers: { 'x-content-type-options': 'nosniff' } }
}

/** What is answered where an authorizer failed and no other allows it: plain text, as upstream. */
export function undecidedAnswer(path: string, error: Error): Answer {
  const bytes = new TextEncoder().encode(`Internal Server Error: ${JSON.stringify(path)}: ${error.message}\n`)
  return {
    status: 500,
    headers: { 'x-content-type-options': 'nosniff' },
    body: { kind: 'bytes', contentType: 'text/plain; charset=utf-8', bytes },
  }
}

function sentenceOf({ user, verb, path, resource }: AccessQuestion): string {
  const who = `User ${JSON.stringify(user.name)} cannot ${verb}`
  if (resource === undefined) return `${who} path ${JSON.stringify(path)}`
  const what = resource.subresource === '' ? resource.resource : `${resource.resource}/${resource.subresource}`
  const where = resource.namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(resource.namespace)}`
  return `${who} resource ${JSON.stringify(what)} in API group ${JSON.stringify(resource.group)} ${where}`
}
