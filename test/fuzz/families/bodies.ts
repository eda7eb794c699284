/** Objects in JSON, YAML and protobuf, changed in their structure or in their bytes. */
import type { Family } from '../fuzz-case.ts'
import { encodeText, type Grammar, scalarText } from '../hostile-values.ts'
import { jsonOf, placesOf, treeOf, yamlOf } from '../json-tree.ts'
import { damageBytes, damageText, mutate } from '../mutate.ts'
import { named, nameOf, sampleOf, writeOf } from './request-parts.ts'

export const jsonBody: Family = (source) => {
  const { draw } = source
  const sample = sampleOf(source)
  const name = nameOf(source)
  const tree = treeOf(named(sample, name))
  mutate(draw, tree)
  const body = encodeText(damageText(draw, jsonOf(tree)))
  return writeOf(source, sample, name, { contentType: 'application/json', body })
}

export const yamlBody: Family = (source) => {
  const { draw } = source
  const sample = sampleOf(source)
  const name = nameOf(source)
  const tree = treeOf(named(sample, name))
  if (!draw.oneIn(3)) mutate(draw, tree)
  for (let count = draw.below(3); count > 0; count--) draw.oneOf(placesOf(tree)).set({ type: 'raw', text: draw.oneOf(yamlValues)(draw) })
  const body = encodeText(damageText(draw, draw.oneIn(6) ? draw.oneOf(yamlBombs)(draw) + yamlOf(tree) : yamlOf(tree)))
  return writeOf(source, sample, name, { contentType: 'application/yaml', body })
}

type Text = (draw: Parameters<Family>[0]['draw']) => string

const yamlValues: readonly Text[] = [
  () => '&a x',
  () => '*a',
  () => '&b [*b]',
  () => '&c {x: *c}',
  () => '{<<: *a}',
  () => '{<<: {a: 1}, <<: [{b: 2}]}',
  (draw) =>
    draw.oneOf([
      '!!binary YQ==',
      '!!set {a, b}',
      '!!omap [a: 1]',
      '!!timestamp 2001-01-01',
      '!!js/function x',
      '!<tag:x> y',
      '!!int x',
      '!!float .nan',
      '!!null x',
      '!!str 5',
    ]),
  (draw) =>
    draw.oneOf([
      'yes',
      'NO',
      'on',
      '~',
      '.inf',
      '-.INF',
      '.NaN',
      '0o17',
      '017',
      '0b11',
      '0x1F',
      '1_000',
      '12:30:45',
      '2001-01-01',
      '1e3',
      '+.5',
      '1e999',
      '<<',
      '=',
    ]),
  (draw) =>
    draw.oneOf([
      '|\n   x\n  y',
      '>-\n  a',
      '"\\x41\\u0041\\U00000041"',
      "'it''s'",
      '? a',
      '- x',
      '[a, b',
      '{a: b',
      '%x',
      '@x',
      '`x',
      '"\\ud800"',
      '#c',
    ]),
  (draw) => '['.repeat(1 + draw.skewed(5000)),
  (draw) => `${'- '.repeat(1 + draw.skewed(5000))}x`,
  (draw) => `{? ${'{? '.repeat(draw.skewed(300))}a`,
  (draw) => `"${'a'.repeat(draw.skewed(100_000))}"`,
]

const yamlBombs: readonly Text[] = [
  (draw) => laughs(1 + draw.below(12), 1 + draw.below(12)),
  (draw) =>
    `m: &m {${draw.times(1 + draw.below(200), () => `k${draw.below(9999)}: 1`).join(', ')}}\nn: [${draw.times(1 + draw.below(200), () => '{<<: *m}').join(', ')}]\n`,
  (draw) => `b: &b [${'x,'.repeat(draw.skewed(9000))}]\nc: [${'*b,'.repeat(draw.skewed(3000))}]\n`,
  (draw) => `k: ${'&a '.repeat(1 + draw.below(3))}x\n`,
  (draw) => '---\n'.repeat(1 + draw.skewed(5000)),
  (draw) => `%YAML 1.${draw.below(9)}\n---\n`,
  (draw) => `? ${'[ '.repeat(draw.skewed(3000))}\n`,
  (draw) => `a${'x'.repeat(draw.skewed(3000))}: ${'k: '.repeat(draw.skewed(2000))}\n`,
  (draw) => ' \n'.repeat(draw.skewed(20_000)) + '\t',
]

/** Aliases of aliases: `width` to the power of `depth` values. */
function laughs(depth: number, width: number): string {
  return Array.from(
    { length: depth },
    (_, at) =>
      `l${at}: &l${at} [${Array(width)
        .fill(at === 0 ? 'ha' : `*l${at - 1}`)
        .join(', ')}]\n`,
  ).join('')
}

export const protobufBody: Family = (source) => {
  const { draw, corpus } = source
  const sample = draw.oneOf(corpus.filled)
  const name = nameOf(source)
  const bytes = sample.protobuf ?? new Uint8Array()
  const body = draw.oneIn(10) ? draw.oneOf(protobufBombs)(draw) : damageBytes(draw, draw.oneIn(4) ? damageBytes(draw, bytes) : bytes)
  return writeOf(source, sample, name, { contentType: 'application/vnd.kubernetes.protobuf', body })
}

type Bytes = (draw: Parameters<Family>[0]['draw']) => Uint8Array

const magic = Buffer.from('k8s\0')

const protobufBombs: readonly Bytes[] = [
  (draw) => Buffer.concat([magic, draw.bytes(draw.skewed(3000))]),
  (draw) => draw.bytes(draw.skewed(3000)),
  // A length that goes on for ever, and one beyond the end.
  (draw) => Buffer.concat([magic, Buffer.from([0x0a]), Buffer.alloc(1 + draw.below(20), 0xff), Buffer.from([0x7f])]),
  (draw) => Buffer.concat([magic, Buffer.from([0x12, 0xff, 0xff, 0xff, 0xff, draw.below(16)])]),
  (draw) => envelope(nestedMessage(1 + draw.skewed(20_000))),
  (draw) => envelope(Buffer.alloc(1 + draw.skewed(100_000), draw.oneOf([0x08, 0x0b, 0x0c, 0x0d, 0x18, 0x00]))),
]

function envelope(raw: Uint8Array): Uint8Array {
  const meta = Buffer.from('\n\x0f\n\x02v1\x12\x09ConfigMap', 'latin1')
  return Buffer.concat([magic, meta, Buffer.from([0x12]), varint(raw.length), raw])
}

function nestedMessage(depth: number): Buffer {
  const heads: Buffer[] = []
  let length = 0
  for (let at = 0; at < depth; at++) {
    const head = Buffer.concat([Buffer.from([0x0a]), varint(length)])
    heads.push(head)
    length += head.length
  }
  return Buffer.concat(heads.reverse())
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest])
    bytes.push((rest % 128) | 128)
  }
}

/** Texts of small languages where the field expects one: quantities, durations, cron lines, addresses. */
export const scalarValue: Family = (source) => {
  const { draw } = source
  const sample = sampleOf(source)
  const name = nameOf(source)
  const tree = treeOf(named(sample, name))
  for (let count = 1 + draw.below(4); count > 0; count--) {
    const places = placesOf(tree).filter(({ value }) => value.type === 'string' || draw.oneIn(40))
    const fitting = places.filter(({ field }) => grammarOf(field) !== undefined)
    const place = draw.oneOf(fitting.length > 0 ? fitting : places)
    place.set({ type: 'string', text: scalarText(draw, grammarOf(place.field)) })
  }
  return writeOf(source, sample, name, { contentType: 'application/json', body: encodeText(jsonOf(tree)) })
}

const grammarsOfFields: readonly (readonly [RegExp, Grammar])[] = [
  [/^(cpu|memory|storage|sizeLimit|divisor|capacity|maximumVolumeSize|value|averageValue|requestsKey|limitsKey|hardKey)$/i, 'quantity'],
  [/schedule/i, 'cron'],
  [/cidr/i, 'cidr'],
  [/(ip|ips|address|addresses|nameservers)$/i, 'address'],
  [/(time|timestamp)$/i, 'time'],
  [/(data|cabundle|request|certificate|dataKey)$/i, 'base64'],
  [/(port|maxsurge|maxunavailable|minavailable)/i, 'port'],
  [/(key|keys|labels|values?)$/i, 'label'],
  [/(expression|jsonpath)/i, 'expression'],
  [/(url|host|uri)/i, 'url'],
  [/(version)/i, 'version'],
  [/(duration|timeout|interval)/i, 'duration'],
]

function grammarOf(field: string): Grammar | undefined {
  return grammarsOfFields.find(([pattern]) => pattern.test(field))?.[1]
}
