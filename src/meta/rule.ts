/**
 * A function that belongs to a kind and gets only objects of that kind. Its type is that of a method,
 * whose parameters the compiler compares in both directions: so a `Kind<Pod>` is a `Kind`, and lists
 * of kinds need no casts.
 */
export type Rule<Arguments extends readonly unknown[], Result> = { rule(...args: Arguments): Result }['rule']
