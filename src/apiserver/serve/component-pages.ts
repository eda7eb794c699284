/** `/statusz` and `/flagz`: what a person wants to know of the process first, as text or as an object. */
import { formatYaml } from '#base/encoding/yaml'
import type { Clock } from '#base/env/clock'
import { notAcceptable } from '#meta/status'
import type { Answer, Exchange } from '../exchange.ts'
import { type MediaType, parseAccept } from '../request/media-type.ts'
import { wantsPretty } from '../request/negotiate.ts'
import type { Route } from './dispatch.ts'
import type { VersionInfo } from './version.ts'

type Page = {
  readonly kind: 'Statusz' | 'Flagz'
  /** The object, without what tells its kind. */
  readonly facts: () => Readonly<Record<string, unknown>>
  readonly lines: () => readonly string[]
}

export type StatusOptions = { readonly clock: Clock; readonly version: VersionInfo; readonly paths: readonly string[] }

/** How long the process has been up, and what it is. The time of its start is that of this call. */
export function statusRoute({ clock, version, paths }: StatusOptions): Route {
  const startedMs = clock.nowMs()
  const binary = (version['gitVersion'] ?? '').replace(/^v/, '')
  const emulated = `${version['emulationMajor']}.${version['emulationMinor']}`
  const upSeconds = () => Math.floor((clock.nowMs() - startedMs) / 1000)
  const facts = () => ({
    startTime: new Date(startedMs).toISOString().replace(/\.[0-9]+Z$/, 'Z'),
    uptimeSeconds: upSeconds(),
    goVersion: version['goVersion'],
    binaryVersion: binary,
    emulationVersion: emulated,
    paths,
  })
  const lines = () => [
    '',
    `Started: ${unixDate(startedMs)}`,
    `Up: ${upTime(upSeconds())}`,
    `Go version: ${version['goVersion']}`,
    `Binary version: ${binary}`,
    `Emulation version: ${emulated}`,
    `Paths: ${paths.join(' ')}`,
  ]
  return pageRoute('/statusz', { kind: 'Statusz', facts, lines })
}

/** The flags that the process runs with, by name. */
export function flagsRoute(flags: Readonly<Record<string, string>>): Route {
  const sorted = Object.fromEntries(Object.entries(flags).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  const lines = () => Object.entries(sorted).map(([name, value]) => `${name}=${value}`)
  return pageRoute('/flagz', { kind: 'Flagz', facts: () => ({ flags: sorted }), lines })
}

function pageRoute(path: string, page: Page): Route {
  return (exchange) => (exchange.request.path === path ? pageAnswer(page, exchange) : undefined)
}

function pageAnswer(page: Page, exchange: Exchange): Answer {
  for (const range of parseAccept(exchange.request.headers['accept'] || '*/*')) {
    if (range.type === 'text/plain' || range.type === 'text/*' || (range.type === '*/*' && !range.parameters.has('as')))
      return textAnswer(page)
    const version = objectVersion(page, range)
    if (version !== undefined) return objectAnswer(page, version, range.type, exchange)
  }
  throw notAcceptable('only the following media types are accepted: application/json, application/yaml, text/plain')
}

/** Undefined unless the client asks for this very object. */
function objectVersion({ kind }: Page, { type, parameters }: MediaType): string | undefined {
  const version = parameters.get('v')
  if (type !== 'application/json' && type !== 'application/yaml') return undefined
  if (parameters.get('as') !== kind || parameters.get('g') !== 'config.k8s.io') return undefined
  return version === 'v1alpha1' || version === 'v1beta1' ? version : undefined
}

const encoder = new TextEncoder()

function textAnswer({ kind, lines }: Page): Answer {
  const warning =
    'Warning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees and is for debugging purposes only.'
  const bytes = encoder.encode(`\napiserver ${kind.toLowerCase()}\n${[warning, ...lines()].join('\n')}\n`)
  return { status: 200, body: { kind: 'bytes', contentType: 'text/plain; charset=utf-8', bytes } }
}

function objectAnswer({ kind, facts }: Page, version: string, type: string, exchange: Exchange): Answer {
  if (version === 'v1alpha1')
    exchange.warnings.push(`This version of the ${kind.toLowerCase()} endpoint is deprecated. Please use a newer version.`)
  const object = { kind, apiVersion: `config.k8s.io/${version}`, metadata: { name: 'apiserver' }, ...facts() }
  const text =
    type === 'application/yaml'
      ? formatYaml(object)
      : wantsPretty(exchange.request)
        ? `${JSON.stringify(object, undefined, 2)}\n`
        : JSON.stringify(object)
  const contentType = `${type};g=config.k8s.io;v=${version};as=${kind}`
  return { status: 200, body: { kind: 'bytes', contentType, bytes: encoder.encode(text) } }
}

/** As Go writes a time for people: `Mon Jan _2 15:04:05 UTC 2006`. */
function unixDate(ms: number): string {
  const [weekDay = '', day = '', month = '', year = '', time = ''] = new Date(ms).toUTCString().replace(',', '').split(' ')
  return `${weekDay} ${month} ${day.replace(/^0/, ' ')} ${time} UTC ${year}`
}

function upTime(seconds: number): string {
  const two = (number: number) => String(number).padStart(2, '0')
  return `${Math.floor(seconds / 3600)} hr ${two(Math.floor(seconds / 60) % 60)} min ${two(seconds % 60)} sec`
}
