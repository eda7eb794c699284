/** Keeps the rules of every service in step with the caches: a change marks its service, `rules` works out the marked ones only. */
import type { InformerCache } from '#client/informer-cache'
import type { Node } from '#kinds/core/node.kind'
import type { Service } from '#kinds/core/service.kind'
import type { EndpointSlice } from '#kinds/discovery/endpoint-slice.kind'
import { type NodeFacts, zoneOf } from './model/node-facts.ts'
import { rulesOfService, type ServiceRules } from './model/service-rules.ts'

export type ServiceTrackerDeps = {
  readonly services: InformerCache<Service>
  readonly slices: InformerCache<EndpointSlice>
  readonly nodes: InformerCache<Node>
  readonly nodeName: string
  /** Called whenever something has become dirty; must not wait. */
  readonly onChange: (source: 'service' | 'endpoints' | 'node') => void
}

const serviceIndex = 'service'
const serviceLabel = 'kubernetes.io/service-name'

export class ServiceTracker implements Disposable {
  readonly #deps: ServiceTrackerDeps
  readonly #rules = new Map<string, readonly ServiceRules[]>()
  readonly #dirty = new Set<string>()
  readonly #subscriptions = new DisposableStack()
  #node: NodeFacts

  constructor(deps: ServiceTrackerDeps) {
    this.#deps = deps
    this.#node = { name: deps.nodeName, zone: undefined }
    deps.slices.addIndex(serviceIndex, (slice) => [serviceOf(slice)])
    this.#subscriptions.use(deps.nodes.subscribe((event) => event.type !== 'deleted' && this.#observeNode(event.object)))
    this.#subscriptions.use(
      deps.services.subscribe(({ object: { metadata } }) => this.#mark(`${metadata.namespace}/${metadata.name}`, 'service')),
    )
    this.#subscriptions.use(
      deps.slices.subscribe((event) => {
        if (event.type === 'updated') this.#mark(serviceOf(event.old), 'endpoints')
        this.#mark(serviceOf(event.object), 'endpoints')
      }),
    )
  }

  /** In order of the services' names. What did not change is the same object as last time. */
  rules(): readonly ServiceRules[] {
    for (const key of this.#dirty) this.#refresh(key)
    this.#dirty.clear()
    return [...this.#rules.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, rules]) => rules)
  }

  [Symbol.dispose](): void {
    this.#subscriptions.dispose()
  }

  #mark(key: string, source: 'service' | 'endpoints' | 'node'): void {
    this.#dirty.add(key)
    this.#deps.onChange(source)
  }

  #observeNode(node: Node): void {
    const zone = zoneOf(node)
    if (node.metadata.name !== this.#deps.nodeName || zone === this.#node.zone) return
    this.#node = { ...this.#node, zone }
    for (const key of this.#rules.keys()) this.#mark(key, 'node')
  }

  #refresh(key: string): void {
    const service = this.#deps.services.get(key)
    const rules = service === undefined ? [] : rulesOfService(service, this.#deps.slices.byIndex(serviceIndex, key), this.#node)
    if (rules.length === 0) return void this.#rules.delete(key)
    const known = this.#rules.get(key)
    if (known !== undefined && JSON.stringify(known) === JSON.stringify(rules)) return
    this.#rules.set(key, rules)
  }
}

function serviceOf({ metadata }: EndpointSlice): string {
  return `${metadata.namespace}/${metadata.labels?.[serviceLabel] ?? ''}`
}
