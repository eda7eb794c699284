/** What may become, at a cut of power, of everything that was not synced. */
import type { Random } from '#base/env/random'
import type { Survival } from './file-content.ts'

/** One way for a disk to end up. */
export type Fate = {
  readonly name: string
  readonly contents: Survival
  readonly names: { readonly random: Random; readonly chance: number }
}

type Shape = Partial<Pick<Survival, 'pieceBytes' | 'keepsSize'>> & {
  readonly name: string
  /** Undefined: by chance. */
  readonly chance?: number
  /** Only what was done before some earlier moment is kept. */
  readonly isPrefix?: boolean
}

const everythingLost: Shape = { name: 'all that was not synced is lost', chance: 0 }
const everythingKept: Shape = { name: 'everything is kept', chance: 1 }

const shapes: readonly Shape[] = [
  everythingLost,
  everythingKept,
  { name: 'a prefix is kept', chance: 1, isPrefix: true },
  { name: 'some writes are kept' },
  { name: 'some sectors are kept', pieceBytes: 512 },
  { name: 'some pages are kept', pieceBytes: 4096 },
  { name: 'some sectors are kept, and all sizes', pieceBytes: 512, keepsSize: true },
  { name: 'sizes are kept, contents are lost', chance: 0, keepsSize: true },
]

/** Chooses a fate for a cut after so many operations. */
export function sampleFate(random: Random, place: number): Fate {
  return fateOf(shapes[Math.floor(random.float() * shapes.length)] ?? everythingLost, random, place)
}

/** Everything lost, everything kept, and something in between. */
export function everyFate(random: Random, place: number): readonly Fate[] {
  return [everythingLost, everythingKept, { name: 'some sectors are kept', pieceBytes: 512 }].map((shape) => fateOf(shape, random, place))
}

function fateOf({ name, chance: fixed, pieceBytes, keepsSize = false, isPrefix = false }: Shape, random: Random, place: number): Fate {
  const chance = fixed ?? [0.1, 0.5, 0.9][Math.floor(random.float() * 3)] ?? 0.5
  const lastPlace = isPrefix ? Math.floor(place - random.float() * 40) : place
  // Names reach the disk by themselves now and then, or not at all.
  return { name, contents: { lastPlace, chance, pieceBytes, keepsSize, random }, names: { random, chance: fixed ?? random.float() } }
}
