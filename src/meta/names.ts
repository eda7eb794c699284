/** How names, label keys and label values must look, with the messages that upstream gives. An empty list means fine. */

const labelBytesMax = 63
const subdomainBytesMax = 253

/** A generated name has five random characters behind its prefix, and 63 at most. */
export const generatedSuffixLength = 5
export const generatedNameLengthMax = 63

type Rule = { readonly pattern: RegExp; readonly shown: string; readonly message: string; readonly examples: readonly string[] }

const dns1123LabelText = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const dns1123SubdomainText = `${dns1123LabelText}(\\.${dns1123LabelText})*`
const dns1035LabelText = '[a-z]([-a-z0-9]*[a-z0-9])?'
const qualifiedNameText = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'

const dns1123Label = rule(
  dns1123LabelText,
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  'my-name',
  '123-abc',
)
const dns1123Subdomain = rule(
  dns1123SubdomainText,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  'example.com',
)
const dns1123SubdomainUnderscore = rule(
  '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*',
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
  'example.com',
)
const dns1035Label = rule(
  dns1035LabelText,
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  'my-name',
  'abc-123',
)
const cIdentifier = rule(
  '[A-Za-z_][A-Za-z0-9_]*',
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
  'my_name',
  'MY_NAME',
  'MyName',
)
const wildcardSubdomain = rule(
  `\\*\\.${dns1123SubdomainText}`,
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
  '*.example.com',
)
const namePart = rule(
  qualifiedNameText,
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  'MyName',
  'my.name',
  '123-abc',
)
const labelValue = rule(
  `(${qualifiedNameText})?`,
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  'MyValue',
  'my_value',
  '12345',
)
const configMapKey = rule(
  '[-._a-zA-Z0-9]+',
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  'key.name',
  'KEY_NAME',
  'key-name',
)
const httpHeaderName = rule('[-A-Za-z0-9]+', "a valid HTTP header must consist of alphanumeric characters or '-'", 'X-Header-Name')
const percent = rule('[0-9]+%', "a valid percent string must be a numeric string followed by an ending '%'", '1%', '93%')
const envVarNamePattern = /^[ -<>-~]+$/

export function isDns1123Label(value: string): readonly string[] {
  const problems = mismatch(value, dns1123Label)
  const isSubdomain = problems.length > 0 && dns1123Subdomain.pattern.test(value)
  return [...tooLong(value, labelBytesMax), ...(isSubdomain ? ['must not contain dots'] : problems)]
}

export function isDns1123Subdomain(value: string): readonly string[] {
  return [...tooLong(value, subdomainBytesMax), ...mismatch(value, dns1123Subdomain)]
}

/** As `isDns1123Subdomain`, but `_` may stand inside. */
export function isDns1123SubdomainWithUnderscore(value: string): readonly string[] {
  return [...tooLong(value, subdomainBytesMax), ...mismatch(value, dns1123SubdomainUnderscore)]
}

export function isDns1035Label(value: string): readonly string[] {
  return [...tooLong(value, labelBytesMax), ...mismatch(value, dns1035Label)]
}

export function isCIdentifier(value: string): readonly string[] {
  return mismatch(value, cIdentifier)
}

export function isWildcardDns1123Subdomain(value: string): readonly string[] {
  return [...tooLong(value, subdomainBytesMax), ...mismatch(value, wildcardSubdomain)]
}

/** A label key: an optional DNS subdomain and a slash before a name. */
export function isQualifiedName(value: string): readonly string[] {
  const parts = value.split('/')
  const [prefix, name] = parts.length === 1 ? [undefined, parts[0] ?? ''] : [parts[0] ?? '', parts[1] ?? '']
  if (parts.length > 2)
    return [
      `${messageOf(namePart, namePart.message.replace('name part', 'a valid label key'))} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ]
  return [...prefixProblems(prefix), ...partProblems(name)]
}

export function isLabelValue(value: string): readonly string[] {
  return [...tooLong(value, labelBytesMax, 'bytes'), ...mismatch(value, labelValue)]
}

export function isConfigMapKey(value: string): readonly string[] {
  return [
    ...tooLong(value, subdomainBytesMax),
    ...mismatch(value, configMapKey),
    ...(value === '.'
      ? ["must not be '.'"]
      : value === '..'
        ? ["must not be '..'"]
        : value.startsWith('..')
          ? ["must not start with '..'"]
          : []),
  ]
}

/** Any printable ASCII but `=`. */
export function isEnvVarName(value: string): readonly string[] {
  return envVarNamePattern.test(value)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
}

export function isHttpHeaderName(value: string): readonly string[] {
  return mismatch(value, httpHeaderName)
}

export function isPercent(value: string): readonly string[] {
  return mismatch(value, percent)
}

/** An IANA service name. */
export function isPortName(name: string): readonly string[] {
  return [
    ...tooLong(name, 15),
    ...(/^[-a-z0-9]+$/.test(name) ? [] : ['must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)']),
    ...(/[a-z]/.test(name) ? [] : ['must contain at least one letter (a-z)']),
    ...(name.includes('--') ? ['must not contain consecutive hyphens'] : []),
    ...(name !== '' && (name.startsWith('-') || name.endsWith('-')) ? ['must not begin or end with a hyphen'] : []),
  ]
}

/** A name that can be one segment of a URL path: the rule of RBAC objects. */
export function isPathSegmentName(name: string): readonly string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`]
  return ['/', '%'].filter((character) => name.includes(character)).map((character) => `may not contain '${character}'`)
}

export function betweenMessage(least: number, most: number): string {
  return `must be between ${least} and ${most}, inclusive`
}

/** `base` cut so that a random suffix still fits. */
export function generateNamePrefix(base: string): string {
  return base.slice(0, generatedNameLengthMax - generatedSuffixLength)
}

/** The check of `metadata.generateName`: a name rule that sees the prefix as if something followed it. */
export function asPrefix(rule: (name: string) => readonly string[]): (prefix: string) => readonly string[] {
  return (prefix) => rule(prefix.length > 1 && prefix.endsWith('-') ? `${prefix.slice(0, -1)}a` : prefix)
}

function prefixProblems(prefix: string | undefined): readonly string[] {
  if (prefix === undefined) return []
  return prefix === '' ? ['prefix part must be non-empty'] : isDns1123Subdomain(prefix).map((message) => `prefix part ${message}`)
}

function partProblems(name: string): readonly string[] {
  return [
    ...(name === '' ? ['name part must be non-empty'] : tooLong(name, labelBytesMax, 'bytes').map((message) => `name part ${message}`)),
    ...mismatch(name, namePart),
  ]
}

function rule(shown: string, message: string, ...examples: readonly string[]): Rule {
  return { pattern: new RegExp(`^(?:${shown})$`), shown, message, examples }
}

function mismatch(value: string, rule: Rule): readonly string[] {
  return rule.pattern.test(value) ? [] : [messageOf(rule, rule.message)]
}

/** Upstream joins examples with "or" and leaves two spaces between; clients compare these texts. */
function messageOf({ shown, examples }: Rule, message: string): string {
  if (examples.length === 0) return message
  return `${message} (e.g. ${examples.map((one) => `'${one}'`).join(',  or ')}, regex used for validation is '${shown}')`
}

function tooLong(value: string, max: number, unit: 'bytes' | 'characters' = 'characters'): readonly string[] {
  return value.length > max ? [`must be no more than ${max} ${unit}`] : []
}
