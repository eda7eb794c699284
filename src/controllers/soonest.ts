/** The first of several waits; undefined where there is none. Pure. */
export function soonest(...waitsMs: readonly (number | undefined)[]): number | undefined {
  const known = waitsMs.filter((ms) => ms !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}
