/** The names that documents give to operations: from group, version and kind, as upstream makes them. */
import type { Kind } from '#meta/kind'

type Versioned = Pick<Kind, 'group' | 'version'>

/** `RbacAuthorization` of `rbac.authorization.k8s.io`. */
export function groupWords(group: string): string {
  if (group === '') return 'Core'
  return group
    .replace(/\.k8s\.io$/, '')
    .split('.')
    .map(upper)
    .join('')
}

/** `AppsV1`. */
export function idPrefix({ group, version }: Versioned): string {
  return groupWords(group) + upper(version)
}

/** `apps_v1`. */
export function tagOf({ group, version }: Versioned): string {
  const words = groupWords(group)
  return `${words.charAt(0).toLowerCase()}${words.slice(1)}_${version}`
}

export function upper(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

/** What stands between a verb and a kind; what looks like a plural has no article. */
export function article(kind: string): string {
  if (kind.endsWith('s') && !kind.endsWith('ss')) return ' '
  return /^[aeiou]/i.test(kind) ? ' an ' : ' a '
}
