/** Media types as in `Accept` and `Content-Type`: a type with parameters. */
export type MediaType = { readonly type: string; readonly parameters: ReadonlyMap<string, string> }

/** Of objects in CBOR. */
export const cborType = 'application/cbor'

/** Of objects in the Kubernetes protobuf encoding. */
export const protobufType = 'application/vnd.kubernetes.protobuf'

export function parseMediaType(text: string): MediaType {
  const [type = '', ...rest] = text.split(';')
  const parameters = new Map<string, string>()
  for (const parameter of rest) {
    const equals = parameter.indexOf('=')
    if (equals < 0) continue
    parameters.set(parameter.slice(0, equals).trim().toLowerCase(), unquoted(parameter.slice(equals + 1).trim()))
  }
  return { type: type.trim(), parameters }
}

/** The ranges of an Accept header, most wanted first. */
export function parseAccept(header: string): readonly MediaType[] {
  const ranges = header
    .split(',')
    .map(parseMediaType)
    .filter(({ type }) => type !== '')
  return ranges.toSorted((a, b) => qualityOf(b) - qualityOf(a))
}

function qualityOf(range: MediaType): number {
  const quality = Number(range.parameters.get('q') ?? '1')
  return Number.isNaN(quality) ? 1 : quality
}

function unquoted(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text
}
