/** Who may do what: each authorizer answers allow, deny, or has no opinion; the first that has one wins. */
import type { UserInfo } from '../exchange.ts'

/** One condition of a field selector, such as `spec.nodeName=a`. */
export type SelectorRequirement = { readonly key: string; readonly operator: 'In' | 'NotIn'; readonly values: readonly string[] }
export type LabelRequirement = {
  readonly key: string
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
  readonly values?: readonly string[]
}

/** What is asked, as in a SubjectAccessReview. */
export type AccessQuestion = {
  readonly user: UserInfo
  readonly verb: string
  readonly resource?: ResourceQuestion
  /** Set instead of `resource` for paths such as `/healthz`. */
  readonly path?: string
}

export type ResourceQuestion = {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  /** What a list or watch is limited to; absent where it is not. */
  readonly fieldSelector?: readonly SelectorRequirement[]
  readonly labelSelector?: readonly LabelRequirement[]
}

export type Decision = {
  readonly verdict: 'allow' | 'deny' | 'no-opinion'
  readonly reason: string
  /** Why an authorizer could not tell. Where nobody allows the request, that is a failure of the server. */
  readonly error?: Error
}

export interface Authorizer {
  readonly name: string
  decide(question: AccessQuestion, signal?: AbortSignal): Decision | Promise<Decision>
}

export function allow(reason = ''): Decision {
  return { verdict: 'allow', reason }
}

export function noOpinion(reason = ''): Decision {
  return { verdict: 'no-opinion', reason }
}
