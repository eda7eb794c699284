/** Reviews: kinds that are answered at once and never stored. */
import type { KubeObject } from '#meta/object'
import type { UserInfo } from '../exchange.ts'

/** Who asks, and in which namespace the request was made (empty for none). */
export type ReviewContext = { readonly user: UserInfo; readonly namespace: string; readonly signal: AbortSignal }

/** Gets the decoded object, and returns it with its status filled in; throws a StatusError to refuse. */
export type ReviewHandler = (object: KubeObject, context: ReviewContext) => KubeObject | Promise<KubeObject>
