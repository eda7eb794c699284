/** Where requests and limits leave the bounds of a limit range, in upstream's words. Pure. */

import type { Amounts } from '#domain/pod-totals'
import type { LimitRangeItem } from '#kinds/core/types.gen'
import { canonicalQuantity, compareQuantity, quantityToNumber } from '#meta/quantity'

/** `limits` is undefined for what has requests only. */
export function breaches(item: LimitRangeItem, requests: Amounts, limits: Amounts | undefined): readonly string[] {
  const { type, min = {}, max = {}, maxLimitRequestRatio = {} } = item
  const texts = [
    ...Object.entries(min).map(([resource, bound]) => belowMin(type, resource, bound, requests[resource], limits?.[resource])),
    ...Object.entries(max).map(([resource, bound]) =>
      limits === undefined
        ? requestAboveMax(type, resource, bound, requests[resource])
        : aboveMax(type, resource, bound, requests[resource], limits[resource]),
    ),
    ...Object.entries(maxLimitRequestRatio).map(([resource, bound]) =>
      aboveRatio(type, resource, bound, requests[resource], limits?.[resource]),
    ),
  ]
  return texts.filter((text) => text !== undefined)
}

function belowMin(type: string, resource: string, min: string, request: string | undefined, limit: string | undefined): string | undefined {
  const rule = `minimum ${resource} usage per ${type} is ${canonicalQuantity(min)}`
  if (request === undefined) return `${rule}.  No request is specified`
  if (compareQuantity(request, min) < 0) return `${rule}, but request is ${canonicalQuantity(request)}`
  return limit !== undefined && compareQuantity(limit, min) < 0 ? `${rule}, but limit is ${canonicalQuantity(limit)}` : undefined
}

function aboveMax(type: string, resource: string, max: string, request: string | undefined, limit: string | undefined): string | undefined {
  const rule = `maximum ${resource} usage per ${type} is ${canonicalQuantity(max)}`
  if (limit === undefined) return `${rule}.  No limit is specified`
  if (compareQuantity(limit, max) > 0) return `${rule}, but limit is ${canonicalQuantity(limit)}`
  return request !== undefined && compareQuantity(request, max) > 0 ? `${rule}, but request is ${canonicalQuantity(request)}` : undefined
}

function requestAboveMax(type: string, resource: string, max: string, request: string | undefined): string | undefined {
  const rule = `maximum ${resource} usage per ${type} is ${canonicalQuantity(max)}`
  if (request === undefined) return `${rule}.  No request is specified`
  return compareQuantity(request, max) > 0 ? `${rule}, but request is ${canonicalQuantity(request)}` : undefined
}

function aboveRatio(
  type: string,
  resource: string,
  max: string,
  request: string | undefined,
  limit: string | undefined,
): string | undefined {
  const rule = `${resource} max limit to request ratio per ${type} is ${canonicalQuantity(max)}`
  const [requested, limited] = [quantityToNumber(request ?? '0'), quantityToNumber(limit ?? '0')]
  if (requested === 0) return `${rule}, but no request is specified or request is 0`
  if (limited === 0) return `${rule}, but no limit is specified or limit is 0`
  const ratio = limited / requested
  return ratio > quantityToNumber(max) ? `${rule}, but provided ratio is ${ratio.toFixed(6)}` : undefined
}
