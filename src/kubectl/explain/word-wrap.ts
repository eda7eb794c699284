/** Breaks lines between words. Spaces within a line stay as they are; a word that is too long for a line is left whole. */

export function wordWrap(text: string, widthMax: number): string {
  return text
    .split('\n')
    .map((line) => wrapLine(line, widthMax))
    .join('\n')
}

function wrapLine(line: string, widthMax: number): string {
  let wrapped = ''
  let width = 0
  for (const [, spaces = '', word = ''] of line.matchAll(/([^\S\u00a0]*)([\S\u00a0]*)/g)) {
    if (word === '') {
      if (width + spaces.length <= widthMax) wrapped += spaces
      continue
    }
    const isTooWide = width + spaces.length + [...word].length > widthMax
    // As upstream's library: a word that begins a line, or nearly so, is not moved.
    if (isTooWide && width + spaces.length > 1) {
      wrapped += `\n${word}`
      width = word.length
    } else {
      wrapped += spaces + word
      width += spaces.length + word.length
    }
  }
  return wrapped
}

/** Empty lines are indented too. */
export function indentedBy(text: string, spaces: number): string {
  const margin = ' '.repeat(spaces)
  return margin + text.replaceAll('\n', `\n${margin}`)
}
