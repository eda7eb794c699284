/** What somebody who mistyped a command may have meant, by the rule of upstream's command line: two edits, or a beginning. */
export function suggestions(word: string, names: readonly string[]): readonly string[] {
  const typed = word.toLowerCase()
  return names.filter((name) => editDistance(typed, name.toLowerCase()) <= 2 || name.toLowerCase().startsWith(typed))
}

/** Insertions, deletions and replacements (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
