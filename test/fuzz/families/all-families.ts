/** Every family by its name, with how often it is drawn. */
import type { Family } from '../fuzz-case.ts'
import { jsonBody, protobufBody, scalarValue, yamlBody } from './bodies.ts'
import { applyPatch, jsonPatch, mergePatch, strategicPatch } from './patches.ts'
import { headers, options, paging, selectors } from './reads.ts'
import { rawRequests, subresourceRequests, urls } from './targets.ts'

export const families: Readonly<Record<string, Family>> = {
  json: jsonBody,
  yaml: yamlBody,
  protobuf: protobufBody,
  scalars: scalarValue,
  'json-patch': jsonPatch,
  'merge-patch': mergePatch,
  'strategic-patch': strategicPatch,
  apply: applyPatch,
  selectors,
  paging,
  headers,
  options,
  urls,
  'raw-requests': rawRequests,
  subresources: subresourceRequests,
}
