/** Flow schemas in the order in which they are asked, kept up to date change by change. */
import { FlowSchema } from '#kinds/flowcontrol/flow-schema.kind'
import { PriorityLevelConfiguration } from '#kinds/flowcontrol/priority-level-configuration.kind'
import type { ChangeFeed } from '../authz/change-feed.ts'
import type { Flow, RequestInfo, Step, UserInfo } from '../exchange.ts'
import { isLongRunning } from '../request/long-running.ts'
import { isMatch } from './flow-match.ts'

/** Undefined where no schema is about the request, as before the bootstrap objects are there. */
export type FlowOf = (user: UserInfo, info: RequestInfo) => Flow | undefined

export class FlowIndex {
  readonly #schemas = new Map<string, FlowSchema>()
  readonly #levels = new Map<string, PriorityLevelConfiguration>()
  /** In order; made anew when it is next asked for after a change. */
  #entries: readonly { readonly schema: FlowSchema; readonly flow: Flow }[] | undefined

  /** Follows both kinds until it is disposed. */
  follow(feed: ChangeFeed): Disposable {
    const stack = new DisposableStack()
    stack.use(feed.follow(FlowSchema, ({ old, next }) => this.#replace(this.#schemas, old, next)))
    stack.use(feed.follow(PriorityLevelConfiguration, ({ old, next }) => this.#replace(this.#levels, old, next)))
    return stack
  }

  readonly flowOf: FlowOf = (user, info) => {
    this.#entries ??= [...this.#schemas.values()].sort(byPrecedence).map((schema) => ({ schema, flow: this.#flowOf(schema) }))
    return this.#entries.find(({ schema }) => isMatch(schema, user, info))?.flow
  }

  #flowOf({ metadata, spec }: FlowSchema): Flow {
    const level = this.#levels.get(spec.priorityLevelConfiguration.name)
    return { schemaUid: metadata.uid ?? '', levelUid: level?.metadata.uid ?? '', isExempt: level?.spec.type === 'Exempt' }
  }

  #replace<T extends FlowSchema | PriorityLevelConfiguration>(known: Map<string, T>, old: T | undefined, next: T | undefined): void {
    if (old !== undefined) known.delete(old.metadata.name ?? '')
    if (next !== undefined) known.set(next.metadata.name ?? '', next)
    this.#entries = undefined
  }
}

function byPrecedence(a: FlowSchema, b: FlowSchema): number {
  const order = (a.spec.matchingPrecedence ?? 0) - (b.spec.matchingPrecedence ?? 0)
  return order === 0 ? ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1) : order
}

/** Says which flow a request belongs to. Connections into pods and nodes belong to none; watches do. */
export function classifyFlow(flowOf: FlowOf): Step {
  return (exchange, next) => {
    if (exchange.info.verb === 'watch' || !isLongRunning(exchange.info)) exchange.flow = flowOf(exchange.user, exchange.info)
    return next(exchange)
  }
}
