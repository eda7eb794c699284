/** Values that programs stumble over, as text: names that objects have by themselves, odd strings, odd numbers, texts of small grammars. */
import type { Draw } from './draw.ts'

/** What every JavaScript object answers to without having it, and what assignments treat as special. */
export const prototypeNames = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'toJSON',
  'then',
  'length',
  'name',
  '__defineGetter__',
  '__lookupSetter__',
  'isPrototypeOf',
  'propertyIsEnumerable',
  'Symbol.iterator',
] as const

/** In place of a byte that is no UTF-8: becomes the byte 0x80 to 0xff when the text is encoded (see `encodeText`). */
const strayBytes = [
  '\udcff',
  '\udcc3',
  '\udc80\udc80',
  '\udced\udca0\udc80',
  '\udcf4\udc90\udc80\udc80',
  '\udcc0\udcaf',
  '\udcef\udcbb\udcbf',
]

export const oddStrings = [
  '',
  ' ',
  '.',
  '..',
  '../..',
  '/',
  '//',
  '%',
  '%2e%2e',
  '%2f',
  '%00',
  '\0',
  '\u0001',
  '\n',
  '\r\n',
  '\t',
  '"',
  '\\',
  '\u007f',
  '\u0080',
  '\u2028',
  '\ufeff',
  '\ufffd',
  '\uffff',
  'ü',
  '日本',
  '😀',
  '\ud800',
  '\udfff',
  'a\u0300',
  '<script>',
  '&lt;',
  'null',
  'true',
  'NaN',
  'Infinity',
  '-',
  '-0',
  '0',
  '1',
  '$(A)',
  '${A}',
  '{{.}}',
  '*',
  '!',
  ',',
  ';',
  '=',
  ':',
  '~',
  'a/b/c',
  'kubernetes.io/',
  '/x',
  'f:metadata',
  'k:{"name":"a"}',
  'v:1',
  'i:0',
  ...strayBytes,
  ...prototypeNames,
] as const

export const oddNumbers = [
  '0',
  '-0',
  '1',
  '-1',
  '1.0',
  '1.5',
  '1e3',
  '1E+2',
  '1e-400',
  '1e400',
  '-1e999999999',
  '0.1e1',
  '2147483647',
  '2147483648',
  '-2147483649',
  '4294967296',
  '9007199254740991',
  '9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775808',
  '-9223372036854775809',
  '18446744073709551616',
  '123456789012345678901234567890',
  '0.1234567890123456789012345678901234567890',
] as const

/** Numbers that JSON does not have. */
export const brokenNumbers = ['01', '+1', '.5', '1.', '0x10', '1e', '--1', 'NaN', 'Infinity', '1_000', '٣'] as const

export function oddString(draw: Draw): string {
  switch (draw.below(6)) {
    case 0:
      return draw.oneOf(prototypeNames)
    case 1:
      return draw.text('abz09.-_/', 1 + draw.skewed(300))
    case 2:
      return draw.oneOf(oddStrings) + draw.oneOf(oddStrings)
    case 3:
      return `a${draw.oneOf(oddStrings)}b`
    case 4:
      return draw.oneOf(['a', 'ü', '\0', '.', '-', ' ', '9']).repeat(1 + draw.skewed(70_000))
    default:
      return draw.oneOf(oddStrings)
  }
}

/** Texts near to what one of Kubernetes' small languages takes. */
export const grammars = {
  quantity: (draw: Draw) =>
    near(
      draw,
      ['1', '100m', '1.5Gi', '1e3', '1E', '-2Ki', '.5', '5.', '0.000000001', '12e-9', '1Ei', '+3M'],
      '0123456789.eE+-mkKMGTPEinu',
      [
        '9'.repeat(1 + draw.skewed(50_000)),
        `1e${'9'.repeat(1 + draw.skewed(20))}`,
        `1e-${'9'.repeat(1 + draw.skewed(20))}`,
        `0.${'0'.repeat(draw.skewed(50_000))}1`,
      ],
    ),
  duration: (draw: Draw) =>
    near(draw, ['1s', '1h2m3s', '1.5h', '-1ms', '1µs', '0', '9223372036s'], '0123456789.hmsnuµ+-', ['9'.repeat(400) + 'h']),
  cron: (draw: Draw) =>
    near(
      draw,
      ['* * * * *', '*/5 0-23/2 1,15 JAN-DEC MON', '@every 1h', '@daily', 'TZ=UTC 0 0 * * *', '0 0 31 2 *', 'CRON_TZ=x * * * * *'],
      '0123456789*/,-? @LW#',
      [`*/${'9'.repeat(30)} * * * *`, `${'1,'.repeat(draw.skewed(20_000))}1 * * * *`, '0-99999999999 * * * *', '1-0 * * * *', 'TZ='],
    ),
  address: (draw: Draw) =>
    near(draw, ['10.0.0.1', '::1', 'fe80::1%eth0', '::ffff:1.2.3.4', '010.1.1.1', '1.2.3', '::', '2001:db8::1'], '0123456789abcdef.:%/', [
      '1.'.repeat(5000),
      ':'.repeat(5000),
    ]),
  cidr: (draw: Draw) =>
    near(draw, ['10.0.0.0/8', '::/0', '10.0.0.1/33', '1.2.3.4/-1', '10.0.0.0/08', '::1/129', 'fe80::/10'], '0123456789abcdef.:/', []),
  time: (draw: Draw) =>
    near(
      draw,
      [
        '2026-01-01T00:00:00Z',
        '2026-02-30T25:00:00Z',
        '0000-01-01T00:00:00Z',
        '99999-01-01T00:00:00Z',
        '2026-01-01T00:00:00.123456789+99:99',
        '2026-01-01',
      ],
      '0123456789-T:Z+.',
      [],
    ),
  base64: (draw: Draw) =>
    near(draw, ['YQ==', 'YQ', 'Y Q==', '====', 'YQ=\n=', '_-8=', '!!'], 'AZaz09+/=_-\n', ['A'.repeat(draw.skewed(100_000))]),
  label: (draw: Draw) => near(draw, ['app', 'a/b', 'a/b/c', '-a', 'x.y/z', 'a'.repeat(64), `${'a'.repeat(254)}/b`], 'azAZ09-_./', []),
  port: (draw: Draw) => near(draw, ['http', '80', '0', '65536', 'a--b', '123', '50%', '150%', '-1%', '1.5%'], 'az09-%', []),
  version: (draw: Draw) =>
    near(draw, ['v1', '1.2.3', 'v1beta1', '1.36.0-alpha.1+x', '1.2', '01.2.3'], 'v0123456789.-+abeta', ['1.'.repeat(5000)]),
  expression: (draw: Draw) =>
    near(
      draw,
      [
        'object.spec',
        'true',
        '1 + 1',
        '[1].map(x, x)',
        'self == oldSelf',
        '"a".matches("(a+)+$")',
        '{.items[0].name}',
        'device.driver == "x"',
      ],
      '()[]{}.+-*/"\'abx01 ,<>=!&|?:',
      ['('.repeat(draw.skewed(5000)), '!'.repeat(draw.skewed(5000)) + 'true', `${'['.repeat(500)}${']'.repeat(500)}`],
    ),
  url: (draw: Draw) =>
    near(
      draw,
      ['https://x', 'http://[::1]:80/', 'file:///etc/passwd', '//x', 'https://u:p@h', 'https://x/?q#f', 'ht tp://x'],
      'azhtps:/?#[]@%.',
      [],
    ),
} as const

export type Grammar = keyof typeof grammars

const grammarNames = Object.keys(grammars) as readonly Grammar[]

export function scalarText(draw: Draw, grammar: Grammar = draw.oneOf(grammarNames)): string {
  return grammars[grammar](draw)
}

/** One of the examples, changed at one place or more; at times one of the texts that are large. */
function near(draw: Draw, examples: readonly string[], alphabet: string, large: readonly string[]): string {
  if (large.length > 0 && draw.oneIn(12)) return draw.oneOf(large)
  let text: string = draw.oneOf(examples)
  for (let count = draw.below(4); count > 0; count--) {
    const at = draw.below(text.length + 1)
    const piece = draw.oneIn(8) ? draw.oneOf(oddStrings) : draw.text(alphabet, draw.below(4))
    text = text.slice(0, at) + piece + text.slice(at + draw.below(3))
  }
  return text
}

/** UTF-8, but what `strayBytes` holds becomes single bytes. */
export function encodeText(text: string): Uint8Array {
  if (!/[\udc80-\udcff]/.test(text)) return Buffer.from(text)
  const pieces = text.split(/(?<![\ud800-\udbff])([\udc80-\udcff])/)
  return Buffer.concat(
    pieces.map((piece) => {
      const code = piece.length === 1 ? piece.charCodeAt(0) : 0
      return code >= 0xdc80 && code <= 0xdcff ? Uint8Array.of(code & 0xff) : Buffer.from(piece)
    }),
  )
}
