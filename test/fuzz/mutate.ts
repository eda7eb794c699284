/** Changes a tree at random places: wrong types, odd values, keys twice, foreign parts, nesting. */
import type { Draw } from './draw.ts'
import { brokenNumbers, oddNumbers, oddString, oddStrings, prototypeNames, scalarText } from './hostile-values.ts'
import { jsonOf, type Place, placesOf, type Tree, treeOf } from './json-tree.ts'

type Change = (draw: Draw, place: Place, root: Tree) => void

/** Changes the tree in place, once or more. */
export function mutate(draw: Draw, root: Tree, most = 3): void {
  for (let count = 1 + draw.skewed(most + 1); count > 0; count--) {
    const places = placesOf(root)
    if (places.length > 0) draw.oneOf(draw.oneIn(3) ? changes : tamerChanges)(draw, draw.oneOf(places), root)
  }
}

const string = (text: string): Tree => ({ type: 'string', text })
const raw = (text: string): Tree => ({ type: 'raw', text })

/** What leaves types as they are, so that more than the decoder gets to judge. */
const tamerChanges: readonly Change[] = [
  (draw, place) => {
    if (place.value.type === 'string') place.set(string(draw.oneIn(2) ? scalarText(draw) : oddString(draw)))
    else if (/^-?[0-9]/.test(jsonOf(place.value))) place.set(raw(draw.oneOf(['0', '1', '-1', '2', '65536', '2147483647', '-2147483648'])))
    else if (place.value.type === 'raw') place.set(raw(place.value.text === 'true' ? 'false' : 'true'))
  },
  (_, { owner, index }) =>
    void (owner.type === 'object' ? owner.entries.splice(index, 1) : owner.type === 'array' && owner.items.splice(index, 1)),
  (draw, { owner, index, value }) => {
    if (owner.type === 'array') owner.items.splice(index, 0, ...Array<Tree>(1 + draw.below(3)).fill(value))
  },
  // A value of another field of the same name, or of the same type.
  (draw, place, root) => {
    const alike = placesOf(root).filter(
      ({ value, field }) => value.type === place.value.type && (field === place.field || value.type === 'string'),
    )
    if (alike.length > 0) place.set(copyOf(draw.oneOf(alike).value))
  },
  (draw, { value }) => {
    if (value.type === 'object' && value.entries.every(([, inner]) => inner.type === 'string'))
      value.entries.push([scalarText(draw, 'label'), string(scalarText(draw, 'label'))])
  },
]

const changes: readonly Change[] = [
  (draw, place) => place.set(string(oddString(draw))),
  (draw, place) => place.set(string(scalarText(draw))),
  (draw, place) => place.set(raw(draw.oneOf(oddNumbers))),
  (draw, place) => place.set(raw(draw.oneOf(['null', 'true', 'false', '[]', '{}', '""', '[null]', '[[]]', '{"":null}']))),
  (draw, place) => place.set(raw(draw.oneIn(3) ? draw.oneOf(brokenNumbers) : draw.oneOf(oddNumbers))),
  // The same value as another type.
  (_, place) =>
    place.set(place.value.type === 'array' ? { type: 'object', entries: [['0', place.value]] } : { type: 'array', items: [place.value] }),
  (_, place) => place.set(string(jsonOf(place.value))),
  // Gone, twice, or another's.
  (_, { owner, index }) =>
    void (owner.type === 'object' ? owner.entries.splice(index, 1) : owner.type === 'array' && owner.items.splice(index, 1)),
  (draw, { owner, index, value }) => {
    const copies = 1 + draw.skewed(draw.oneIn(20) ? 3000 : 4)
    if (owner.type === 'array') owner.items.splice(index, 0, ...Array<Tree>(copies).fill(value))
    if (owner.type === 'object') owner.entries.push([owner.entries[index]?.[0] ?? '', draw.oneIn(2) ? value : string('other')])
  },
  (draw, place, root) => place.set(draw.oneOf(placesOf(root)).value.type === 'raw' ? raw('1') : copyOf(draw.oneOf(placesOf(root)).value)),
  // Keys.
  (draw, { owner, index }) => {
    if (owner.type === 'object') owner.entries[index] = [draw.oneOf(prototypeNames), owner.entries[index]?.[1] ?? raw('{}')]
  },
  (draw, { owner }) => {
    if (owner.type === 'object')
      owner.entries.push([draw.oneOf(prototypeNames), draw.oneOf([raw('{"a":1}'), raw('null'), string('x'), raw('{"toString":null}')])])
  },
  (draw, { owner }) => {
    if (owner.type === 'object') owner.entries.push([draw.oneIn(2) ? draw.oneOf(oddStrings) : oddString(draw), string(oddString(draw))])
  },
  // Depth.
  (draw, place) => place.set(nested(draw, place.value)),
]

function copyOf(tree: Tree): Tree {
  const text = jsonOf(tree)
  try {
    return treeOf(JSON.parse(text))
  } catch {
    return raw(text)
  }
}

function nested(draw: Draw, value: Tree): Tree {
  const depth = draw.oneIn(40) ? 1 + draw.skewed(30_000) : 1 + draw.skewed(300)
  const [open, close] = draw.oneOf([
    ['[', ']'],
    ['{"a":', '}'],
    ['{"metadata":', '}'],
    ['[{"__proto__":', '}]'],
  ] as const)
  return raw(open.repeat(depth) + jsonOf(value) + (draw.oneIn(10) ? '' : close.repeat(depth)))
}

/** Damage to the text itself, seldom: most bodies are to come further than the parser. */
export function damageText(draw: Draw, text: string): string {
  if (!draw.oneIn(15)) return text
  const at = draw.below(text.length + 1)
  switch (draw.below(7)) {
    case 0:
      return text.slice(0, at)
    case 1:
      return text.slice(0, at) + draw.oneOf(oddStrings) + text.slice(at)
    case 2:
      return text.slice(0, at) + text.slice(at + 1 + draw.skewed(50))
    case 3:
      return text + draw.oneOf(['}', ']', 'x', '{}', '\0', ' ', '\n---\n', '//'])
    case 4:
      return draw.oneOf(['\ufeff', ' ', '\0', '\n\n', '#x\n', ']']) + text
    case 5:
      return text.slice(0, at) + String.fromCharCode(draw.below(128)) + text.slice(at + 1)
    default:
      return text.slice(0, at) + text.slice(draw.below(text.length + 1))
  }
}

/** As above for bytes. */
export function damageBytes(draw: Draw, bytes: Uint8Array): Uint8Array {
  const copy = Buffer.from(bytes)
  const at = draw.below(copy.length + 1)
  switch (draw.below(6)) {
    case 0:
      return copy.subarray(0, at)
    case 1:
      for (let count = 1 + draw.skewed(20); count > 0 && copy.length > 0; count--) copy[draw.below(copy.length)] = draw.below(256)
      return copy
    case 2:
      return Buffer.concat([copy.subarray(0, at), draw.bytes(1 + draw.skewed(20)), copy.subarray(at)])
    case 3:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + 1 + draw.skewed(30))])
    case 4:
      if (copy.length > 0) copy[draw.below(copy.length)] = draw.oneOf([0, 0x7f, 0x80, 0xff, 0x08, 0x0a, 0x0b])
      return copy
    default: {
      const from = draw.below(copy.length + 1)
      return Buffer.concat([copy.subarray(0, at), copy.subarray(from, from + draw.skewed(copy.length + 2)), copy.subarray(at)])
    }
  }
}
