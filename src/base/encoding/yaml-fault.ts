/**
 * What is wrong with a text that is no YAML, in the words of Go's reader. Our reader finds the same faults under other names; which of
 * Go's it is, the place of the fault tells.
 */

/** `line` and `column` count from 0. */
export type YamlPlace = { readonly line: number; readonly column: number }

/** The message, with the line where Go's reader would tell it; undefined for a fault that has no name there. */
export function goYamlFault(text: string, reason: string, place: YamlPlace): string | undefined {
  const alias = /^unidentified alias "(.*)"$/.exec(reason)?.[1]
  if (alias !== undefined) return `unknown anchor '${alias}' referenced`
  if (/non-printable|null byte/.test(reason)) return 'control characters are not allowed'
  if (reason.startsWith('cannot merge mappings')) return 'map merge requires map or sequence of maps as the value'
  const fault = scannerFault(text, reason, place) ?? parserFault(text, reason, place)
  return fault === undefined ? undefined : `${fault.line > 0 ? `line ${fault.line}: ` : ''}${fault.message}`
}

type Fault = { readonly message: string; readonly line: number }

/** Faults of single signs. Go counts their lines from 1, but does not tell the first. */
function scannerFault(text: string, reason: string, { line, column }: YamlPlace): Fault | undefined {
  const at = (message: string, where = line): Fault => ({ message, line: where === 0 ? 0 : where + 1 })
  if (reason.startsWith('tab characters') || lineOf(text, line).startsWith('\t')) return at('found character that cannot start any token')
  if (reason.startsWith('expected hexadecimal')) return at('did not find expected hexdecimal number')
  if (reason.startsWith('unknown escape')) return at('found unknown escape character')
  if (reason.startsWith('directives end mark')) return { message: 'found unknown directive name', line: 0 }
  if (isUnclosed(reason) && hasOpenQuote(text)) return at('found unexpected end of stream', lastLine(text))
  if (!isMisplaced(reason)) return undefined
  const rest = lineOf(text, line).slice(column)
  if (/^[@`%]/.test(rest)) return at('found character that cannot start any token')
  if (/^:(?:\s|$)/.test(rest)) return at('mapping values are not allowed in this context')
  if (/^-(?:\s|$)/.test(rest) && column > 0) return at('block sequence entries are not allowed in this context')
  return /^\?(?:\s|$)/.test(rest) && column > 0 ? at('mapping keys are not allowed in this context') : undefined
}

/** Faults of structure. Go counts their lines from 0. */
function parserFault(text: string, reason: string, { line, column }: YamlPlace): Fault | undefined {
  if (reason.startsWith('expected the node content')) return { message: 'did not find expected node content', line }
  if (reason.startsWith('bad indentation of a sequence')) return { message: "did not find expected '-' indicator", line }
  if (isUnclosed(reason))
    return unclosedFlow(text, reason.startsWith('unexpected end') || lineOf(text, line).trim() === '' ? undefined : line)
  if (!isMisplaced(reason)) return undefined
  if (/^[\]}]/.test(lineOf(text, line).slice(column))) return { message: 'did not find expected node content', line }
  return { message: /^\s*-\s/.test(text) ? "did not find expected '-' indicator" : 'did not find expected key', line }
}

function isUnclosed(reason: string): boolean {
  return reason === 'deficient indentation' || reason.startsWith('unexpected end of the stream')
}

function isMisplaced(reason: string): boolean {
  return reason.startsWith('end of the stream or') || reason.startsWith('bad indentation of a mapping')
}

/** A list or map in brackets that does not end: the text ends before it, or something else begins in a line. */
function unclosedFlow(text: string, line: number | undefined): Fault {
  const before = line === undefined ? text : text.split('\n').slice(0, line).join('\n')
  const last = before.trimEnd().at(-1) ?? ''
  const where = line ?? lastLine(text)
  if ('[{,'.includes(last)) return { message: 'did not find expected node content', line: where }
  const closing = before.lastIndexOf('[') > before.lastIndexOf('{') ? ']' : '}'
  return { message: `did not find expected ',' or '${closing}'`, line: where }
}

function lineOf(text: string, line: number): string {
  return text.split('\n')[line] ?? ''
}

/** The line behind the last one. */
function lastLine(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
}

/** Whether a quoted text is open at the end: quotes within quotes of the other sort do not count. */
function hasOpenQuote(text: string): boolean {
  let open = ''
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (open === '"' && character === '\\') at++
    else if (open !== '') open = character === open ? '' : open
    else if ((character === '"' || character === "'") && /(?:^|[\s[{,:-])$/.test(text.slice(0, at))) open = character
  }
  return open !== ''
}
