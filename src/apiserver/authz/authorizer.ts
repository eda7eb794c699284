/** Who may do what: each authorizer answers allow, deny, or has no opinion; the first that has one wins. */
import type { UserInfo } from '../exchange.ts'

/** What is asked, as in a SubjectAccessReview. */
export type AccessQuestion = {
  readonly user: UserInfo
  readonly verb: string
  readonly resource?: { readonly group: string; readonly version: string; readonly resource: string; readonly subresource: string; readonly namespace: string; readonly name: string }
  /** Set instead of `resource` for paths such as `/healthz`. */
  readonly path?: string
}

export type Decision = { readonly verdict: 'allow' | 'deny' | 'no-opinion'; readonly reason: string }

export interface Authorizer {
  readonly name: string
  decide(question: AccessQuestion, signal?: AbortSignal): Decision | Promise<Decision>
}
