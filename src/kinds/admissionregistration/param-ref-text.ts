/** The settings of a policy binding in one table cell. */
import { formatLabelSelector } from '#meta/labels'
import type { ParamRef } from './types.gen.ts'

export function paramRefText(reference: ParamRef | undefined): string {
  if (reference === undefined) return '<unset>'
  const { name = '', namespace = '', selector } = reference
  if (name !== '') return namespace === '' ? `*/${name}` : `${namespace}/${name}`
  return selector === undefined ? '<unset>' : formatLabelSelector(selector)
}
