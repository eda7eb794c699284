/** The functions that templates may call: Go's own and kubectl's two. */
import { CommandError } from '../errors.ts'

export function callFunction(name: string, args: readonly unknown[]): unknown {
  const [first, second] = args
  switch (name) {
    case 'and':
      return args.find((arg) => !isTrue(arg)) ?? args.at(-1)
    case 'or':
      return args.find(isTrue) ?? args.at(-1)
    case 'not':
      return !isTrue(first)
    case 'len':
      return lengthOf(first)
    case 'index':
      return args
        .slice(1)
        .reduce((value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, String(key)) : undefined), first)
    case 'eq':
      return args.slice(1).some((arg) => arg === first)
    case 'ne':
      return first !== second
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
      return compares(name, first, second)
    case 'print':
      return args.map(String).join('')
    case 'println':
      return `${args.map(String).join(' ')}\n`
    case 'printf':
      return formatted(String(first), args.slice(1))
    case 'base64decode':
      return Buffer.from(String(first), 'base64').toString()
    case 'exists':
      return (
        args
          .slice(1)
          .reduce((value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, String(key)) : undefined), first) !==
        undefined
      )
    default:
      throw new CommandError(`template: output:1: function ${JSON.stringify(name)} not defined`)
  }
}

export function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0
  return Boolean(value)
}

function lengthOf(value: unknown): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0
}

function compares(operator: 'lt' | 'le' | 'gt' | 'ge', a: unknown, b: unknown): boolean {
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : String(a) === String(b) ? 0 : 1
  return { lt: order < 0, le: order <= 0, gt: order > 0, ge: order >= 0 }[operator]
}

/** `%s %v %d %q %%`, with widths. */
function formatted(format: string, args: readonly unknown[]): string {
  let next = 0
  return format.replace(/%(-?)(\d*)([svdq%])/g, (_, minus: string, width: string, verb: string) => {
    if (verb === '%') return '%'
    const text = verb === 'q' ? JSON.stringify(args[next++]) : String(args[next++])
    return minus === '' ? text.padStart(Number(width)) : text.padEnd(Number(width))
  })
}
