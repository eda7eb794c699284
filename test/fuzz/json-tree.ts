/** JSON as a tree that can also hold what JSON forbids: keys twice, numbers of any length, text that is no value. */

export type Tree =
  | { readonly type: 'object'; readonly entries: [key: string, value: Tree][] }
  | { readonly type: 'array'; readonly items: Tree[] }
  /** A text value. */
  | { readonly type: 'string'; readonly text: string }
  /** Written as it stands. */
  | { readonly type: 'raw'; readonly text: string }

export function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return { type: 'array', items: value.map(treeOf) }
  if (typeof value === 'object' && value !== null) {
    return { type: 'object', entries: Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, treeOf(inner)]])) }
  }
  if (typeof value === 'string') return { type: 'string', text: value }
  return { type: 'raw', text: JSON.stringify(value) }
}

export function jsonOf(tree: Tree): string {
  switch (tree.type) {
    case 'object':
      return `{${tree.entries.map(([key, value]) => `${quoted(key)}:${jsonOf(value)}`).join(',')}}`
    case 'array':
      return `[${tree.items.map(jsonOf).join(',')}]`
    case 'string':
      return quoted(tree.text)
    case 'raw':
      return tree.text
  }
}

/** As `JSON.stringify`, but low surrogates stay bare where they stand for stray bytes. */
function quoted(text: string): string {
  const json = JSON.stringify(text)
  return json.replace(
    /(?<!\\)((?:\\\\)*)\\ud(c[89a-f][0-9a-f])/g,
    (_, slashes: string, code: string) => slashes + String.fromCharCode(Number.parseInt(`d${code}`, 16)),
  )
}

/** Block style where the tree allows it; what is raw stands as it is. */
export function yamlOf(tree: Tree, indent = 0): string {
  const margin = '  '.repeat(indent)
  if (tree.type === 'object' && tree.entries.length > 0) {
    return tree.entries.map(([key, value]) => `${margin}${plainOrQuoted(key)}:${below(value, indent)}`).join('')
  }
  if (tree.type === 'array' && tree.items.length > 0) return tree.items.map((item) => `${margin}-${below(item, indent)}`).join('')
  return `${margin}${jsonOf(tree)}\n`
}

function below(tree: Tree, indent: number): string {
  const isBlock = (tree.type === 'object' && tree.entries.length > 0) || (tree.type === 'array' && tree.items.length > 0)
  return isBlock && indent < 60 ? `\n${yamlOf(tree, indent + 1)}` : ` ${jsonOf(tree)}\n`
}

function plainOrQuoted(key: string): string {
  return /^[A-Za-z][A-Za-z0-9]*$/.test(key) ? key : quoted(key)
}

/** Every place in a tree: the value there, and how to put another in its stead. */
export type Place = {
  readonly value: Tree
  readonly field: string
  readonly set: (value: Tree) => void
  readonly owner: Tree
  readonly index: number
}

export function placesOf(root: Tree): Place[] {
  const places: Place[] = []
  const visit = (owner: Tree, field: string): void => {
    if (owner.type === 'object') {
      owner.entries.forEach((entry, index) => {
        places.push({ value: entry[1], field: entry[0], owner, index, set: (value) => (entry[1] = value) })
        visit(entry[1], entry[0])
      })
    }
    if (owner.type === 'array') {
      owner.items.forEach((item, index) => {
        places.push({ value: item, field, owner, index, set: (value) => (owner.items[index] = value) })
        visit(item, field)
      })
    }
  }
  visit(root, '')
  return places
}
