/** Resource quotas and limit ranges, alone and as part of their namespace. */
import type { LimitRange, LimitRangeItem, ResourceQuota } from '#kinds/core/types.gen'
import { nameLines } from './identity.ts'
import { byKey, compareText, indented, type Lines } from './lines.ts'

const scopeMeanings: Readonly<Record<string, string>> = {
  Terminating:
    'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating:
    'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort: 'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort:
    'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
}

export function describeQuota(quota: ResourceQuota): Lines {
  return [...nameLines(quota), ...scopeLines(quota, ' '), ...usageTable(quota, '----')]
}

/** The section of a namespace. */
export function quotaSection(quotas: readonly ResourceQuota[]): Lines {
  if (quotas.length === 0) return ['', 'No resource quota.']
  const blocks = quotas
    .toSorted((a, b) => compareText(a.metadata.name ?? '', b.metadata.name ?? ''))
    .map((quota) => [`Name:\t${quota.metadata.name ?? ''}`, ...scopeLines(quota, ''), ...usageTable(quota, '---')])
  return ['', 'Resource Quotas', ...indented(blocks.flat())]
}

function scopeLines({ spec }: ResourceQuota, margin: string): Lines {
  const scopes = (spec?.scopes ?? []).toSorted()
  if (scopes.length === 0) return []
  const meanings = scopes.flatMap((scope) => (scopeMeanings[scope] === undefined ? [] : [`${margin}* ${scopeMeanings[scope]}`]))
  return [`Scopes:\t${scopes.join(', ')}`, ...meanings]
}

function usageTable({ status = {} }: ResourceQuota, underline: string): Lines {
  const rows = Object.entries(status.hard ?? {})
    .toSorted(byKey)
    .map(([name, hard]) => `${name}\t${status.used?.[name] ?? '0'}\t${hard}`)
  return ['Resource\tUsed\tHard', `--------\t${underline}\t${underline}`, ...rows]
}

export function describeLimitRange(range: LimitRange): Lines {
  return [...nameLines(range), ...limitTable([range])]
}

/** The section of a namespace. */
export function limitSection(ranges: readonly LimitRange[]): Lines {
  if (ranges.length === 0) return ['', 'No LimitRange resource.']
  return ['', 'Resource Limits', ...limitTable(ranges).map((line) => ` ${line}`)]
}

function limitTable(ranges: readonly LimitRange[]): Lines {
  return [
    'Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio',
    '----\t--------\t---\t---\t---------------\t-------------\t-----------------------',
    ...ranges.flatMap(({ spec }) => (spec?.limits ?? []).flatMap(limitRows)),
  ]
}

function limitRows(item: LimitRangeItem): Lines {
  const columns = [item.min, item.max, item.defaultRequest, item.default, item.maxLimitRequestRatio]
  const names = new Set(columns.flatMap((amounts) => Object.keys(amounts ?? {})))
  return [...names].toSorted().map((name) => [item.type, name, ...columns.map((amounts) => amounts?.[name] ?? '-')].join('\t'))
}
