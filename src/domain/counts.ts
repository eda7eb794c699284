/** Counts of a status as the wire keeps them: those that are zero are left out, where the field says so. */
export function nonZero<T extends Readonly<Record<string, number>>>(counts: T): Partial<T> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0)) as Partial<T>
}
