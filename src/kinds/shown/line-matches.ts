/**
 * Where two texts agree, line by line, by Ratcliff's and Obershelp's rule: the longest run of equal lines first, then the same on
 * either side of it. Of runs of one length the first counts. As in the library that upstream's messages come from, a line that makes up
 * more than a hundredth of a long text starts no run.
 */
export type Match = { readonly a: number; readonly b: number; readonly size: number }

/** In order; ends with an empty match at the ends of both. */
export function lineMatches(a: readonly string[], b: readonly string[]): readonly Match[] {
  const places = placesOf(b)
  const found: Match[] = []
  const search = (aLow: number, aHigh: number, bLow: number, bHigh: number) => {
    const match = longestMatch(a, b, places, { aLow, aHigh, bLow, bHigh })
    if (match.size === 0) return
    search(aLow, match.a, bLow, match.b)
    found.push(match)
    search(match.a + match.size, aHigh, match.b + match.size, bHigh)
  }
  search(0, a.length, 0, b.length)
  return [...joined(found), { a: a.length, b: b.length, size: 0 }]
}

const longTextLines = 200

function placesOf(lines: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>()
  for (const [index, line] of lines.entries()) {
    const known = places.get(line)
    if (known === undefined) places.set(line, [index])
    else known.push(index)
  }
  if (lines.length < longTextLines) return places
  const often = Math.floor(lines.length / 100) + 1
  return new Map([...places].filter(([, indexes]) => indexes.length <= often))
}

type Range = { readonly aLow: number; readonly aHigh: number; readonly bLow: number; readonly bHigh: number }

function longestMatch(a: readonly string[], b: readonly string[], places: ReadonlyMap<string, readonly number[]>, range: Range): Match {
  const { aLow, aHigh, bLow, bHigh } = range
  let best: Match = { a: aLow, b: bLow, size: 0 }
  let before = new Map<number, number>()
  for (let i = aLow; i < aHigh; i++) {
    const here = new Map<number, number>()
    for (const j of places.get(a[i] ?? '') ?? []) {
      if (j < bLow || j >= bHigh) continue
      const size = (before.get(j - 1) ?? 0) + 1
      here.set(j, size)
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size }
    }
    before = here
  }
  return grown(a, b, best, range)
}

/** Lines that start no run may still prolong one. */
function grown(a: readonly string[], b: readonly string[], { a: i, b: j, size }: Match, { aLow, aHigh, bLow, bHigh }: Range): Match {
  let [start, startB, end] = [i, j, i + size]
  while (start > aLow && startB > bLow && a[start - 1] === b[startB - 1]) {
    start--
    startB--
  }
  while (end < aHigh && startB + (end - start) < bHigh && a[end] === b[startB + (end - start)]) end++
  return { a: start, b: startB, size: end - start }
}

/** Matches that touch each other are one. */
function joined(matches: readonly Match[]): readonly Match[] {
  const result: Match[] = []
  for (const match of matches) {
    const last = result.at(-1)
    if (last !== undefined && last.a + last.size === match.a && last.b + last.size === match.b)
      result[result.length - 1] = { ...last, size: last.size + match.size }
    else result.push(match)
  }
  return result
}
