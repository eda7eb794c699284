/** An applied configuration laid over a live object: what the configuration says wins, all else stays. */
import { isJsonObject } from '../schema/go-type.ts'
import type { Schema } from '../schema/schema.ts'
import { entriesOf, identityOf } from './list-entries.ts'
import { entrySchema, type ListShape, type MapShape, shapeOf } from './shape.ts'

/** Shares with both what it need not change. `undefined` is absence; a null of the configuration is a value. */
export function merge(schema: Schema, live: unknown, config: unknown): unknown {
  if (config === undefined || live === config) return live
  if (live === undefined) return config
  const shape = shapeOf(schema, config)
  if (shape.sort === 'list') return mergeLists(shape, live, config)
  if (shape.sort === 'map') return mergeMaps(shape, live, config)
  return config
}

function mergeMaps(shape: MapShape, live: unknown, config: unknown): unknown {
  if (!isJsonObject(live)) return config
  if (!isJsonObject(config)) return Object.keys(live).length === 0 ? config : live
  let merged: Record<string, unknown> | undefined
  const set = (name: string, schema: Schema) => {
    const result = merge(schema, live[name], config[name])
    if (result !== live[name]) (merged ??= { ...live })[name] = result
  }
  for (const name of Object.keys(config)) set(name, shape.byName.get(name)?.schema ?? entrySchema(shape))
  return merged ?? live
}

function mergeLists(shape: ListShape, live: unknown, config: unknown): unknown {
  if (!Array.isArray(live) || live.length === 0) return config
  if (!Array.isArray(config)) return live
  const merged = inOrder(shape, live, config)
  return merged.length === live.length && merged.every((entry, at) => entry === live[at]) ? live : merged
}

/**
 * Entries that the configuration names come in its order, the others keep their place between them: as upstream, an entry of
 * the live list goes out as soon as nothing that the configuration wants earlier stands before it.
 */
function inOrder(shape: ListShape, live: readonly unknown[], config: readonly unknown[]): readonly unknown[] {
  const liveElements = live.map((entry) => identityOf(shape, entry) ?? '')
  const configElements = config.map((entry) => identityOf(shape, entry) ?? '')
  const [inLive, inConfig] = [entriesOf(shape, live), new Set(configElements)]
  const shared = configElements.filter((element) => inLive.has(element))
  const taken = new Set<string>()
  const merged: unknown[] = []
  let nextShared = 0
  const take = (at: number) => {
    const element = configElements[at] ?? ''
    const same = inLive.get(element)
    taken.add(element)
    // Where the live list has it several times, none of them is it.
    merged.push(merge(shape.items, same?.length === 1 ? same[0] : undefined, config[at]))
    if (shared[nextShared] === element) nextShared++
  }
  for (let liveAt = 0, configAt = 0; liveAt < live.length || configAt < config.length; ) {
    const element = liveElements[liveAt] ?? ''
    if (liveAt < live.length && configAt < config.length) {
      if (element === configElements[configAt]) {
        take(configAt++)
        liveAt++
        continue
      }
      if (inConfig.has(element) && nextShared < shared.length && shared[nextShared] !== element) {
        liveAt++
        continue
      }
    }
    if (liveAt < live.length) {
      if (!inConfig.has(element)) {
        merged.push(live[liveAt++])
        continue
      }
      if (taken.has(element)) liveAt++
    }
    if (configAt < config.length) take(configAt++)
  }
  return merged
}
