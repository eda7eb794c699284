/** What an applier once owned and now does not name: it goes, unless someone else owns it. */
import type { Schema } from '../schema/schema.ts'
import { difference, emptySet, type FieldSet, intersection, isWithin, union } from './field-set.ts'
import { fieldSetOf } from './field-set-of.ts'
import type { Manager, Managers } from './managers.ts'
import type { Resource } from './ownership.ts'
import { withNamedFields, withoutFields } from './remove-items.ts'

/** `merged` without what only `last`, the applier's entry so far, has kept there. `managers` holds the applier's new claim. */
export function pruned(resource: Resource, merged: unknown, managers: Managers, last: Manager): unknown {
  // A set that only grows gives nothing up.
  const claimed = [...managers.values()].reduce((all, { set }) => union(all, set), emptySet)
  if (isWithin(last.set, claimed)) return merged
  // Sets are about the version that they were written in; what cannot be seen in that version stays.
  if (last.apiVersion !== resource.apiVersion && resource.convert(merged, last.apiVersion) === undefined) return merged
  const stripped = withoutFields(resource.schema, merged, withNamedFields(resource.schema, last.set))
  const owned = [...ownedByVersion(managers)].reduce((left, [, set]) => withOwned(resource.schema, { merged, left, owned: set }), stripped)
  return withDangling(resource.schema, { merged, left: owned, last: last.set })
}

function ownedByVersion(managers: Managers): ReadonlyMap<string, FieldSet> {
  const byVersion = new Map<string, FieldSet>()
  for (const { apiVersion, set } of managers.values()) byVersion.set(apiVersion, union(byVersion.get(apiVersion) ?? emptySet, set))
  return byVersion
}

/** Puts back what a manager owns: the applier's own new configuration, or others. */
function withOwned(schema: Schema, { merged, left, owned }: { merged: unknown; left: unknown; owned: FieldSet }): unknown {
  const all = withNamedFields(schema, fieldSetOf(schema, merged))
  const kept = union(withNamedFields(schema, fieldSetOf(schema, left)), withNamedFields(schema, owned))
  return withoutFields(schema, merged, difference(all, kept))
}

/** Puts back what was below a removed field but never the applier's. */
function withDangling(schema: Schema, { merged, left, last }: { merged: unknown; left: unknown; last: FieldSet }): unknown {
  const all = withNamedFields(schema, fieldSetOf(schema, merged))
  const kept = withNamedFields(schema, fieldSetOf(schema, left))
  return withoutFields(schema, merged, intersection(difference(all, kept), withNamedFields(schema, last)))
}
