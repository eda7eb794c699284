/** Reads with odd queries and headers: selectors, pages, versions, media types, options of deletes. */
import { collectionPath, fuzzNamespace } from '../corpus.ts'
import type { Draw } from '../draw.ts'
import type { Family, Source } from '../fuzz-case.ts'
import { encodeText, grammars, oddNumbers, oddString, oddStrings, prototypeNames, scalarText } from '../hostile-values.ts'
import { jsonOf, treeOf } from '../json-tree.ts'
import { damageText, mutate } from '../mutate.ts'
import { nameOf, readOf, requestOf } from './request-parts.ts'

function listPath({ draw, corpus }: Source): string {
  const kind = draw.oneOf(corpus.kinds.filter(({ verbs }) => verbs.includes('list')))
  const at = collectionPath(kind)
  return draw.oneIn(4) ? at.replace(`/namespaces/${fuzzNamespace}`, '') : at
}

/** Percent-encodes, but stray bytes and at times everything else stay as they are. */
function encoded(draw: Draw, text: string): string {
  const bytes = encodeText(text)
  return Array.from(bytes, (byte) =>
    /[A-Za-z0-9._-]/.test(String.fromCharCode(byte)) && !draw.oneIn(30)
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).padStart(2, '0')}`,
  ).join('')
}

export const selectors: Family = (source) => {
  const { draw } = source
  const parts = draw.times(1 + draw.below(3), () => {
    const name = draw.oneOf(['labelSelector', 'fieldSelector'])
    return `${name}=${encoded(draw, name === 'labelSelector' ? labelSelector(draw) : fieldSelector(draw))}`
  })
  if (draw.oneIn(5)) parts.push('watch=true', 'timeoutSeconds=1')
  const method = draw.oneIn(15) ? 'DELETE' : 'GET'
  return readOf(
    source,
    method,
    `${method === 'DELETE' ? collectionPath(draw.oneOf(source.corpus.valid).kind) : listPath(source)}?${parts.join('&')}`,
  )
}

function labelSelector(draw: Draw): string {
  if (draw.oneIn(40)) return draw.oneOf(['(', '!', ',', 'a in (', 'a,', 'a=b,', ' ']).repeat(1 + draw.skewed(60_000))
  const requirement = () => {
    const key = grammars.label(draw)
    return draw.oneOf([
      `${key}=${draw.oneOf(oddStrings)}`,
      `${key} in (a,b,${draw.oneOf(oddStrings)})`,
      `${key} notin ()`,
      `!${key}`,
      key,
      `${key}>${draw.oneOf(oddNumbers)}`,
      `${key}<${draw.oneOf(oddNumbers)}`,
      `${key}!=x`,
      `${key}==`,
      `${key} in x`,
      `! ${key}`,
      `(${key})`,
    ])
  }
  return damageText(draw, draw.times(1 + draw.below(4), requirement).join(draw.oneOf([',', ', ', ',,', ';', ' '])))
}

function fieldSelector(draw: Draw): string {
  if (draw.oneIn(40)) return draw.oneOf(['a=b,', ',', '\\', '=']).repeat(1 + draw.skewed(60_000))
  const field = () =>
    draw.oneOf([
      'metadata.name',
      'metadata.namespace',
      'status.phase',
      'spec.nodeName',
      'type',
      'involvedObject.uid',
      'reason',
      'spec.unschedulable',
      ...prototypeNames,
      ...oddStrings,
    ])
  return damageText(
    draw,
    draw.times(1 + draw.below(3), () => `${field()}${draw.oneOf(['=', '==', '!=', '', '>', '\\='])}${draw.oneOf(oddStrings)}`).join(','),
  )
}

/** Continue tokens, resourceVersions, limits, and how they go together. */
export const paging: Family = (source) => {
  const { draw } = source
  const number = () => draw.oneOf<string>([...oddNumbers, '10', '500', '', 'x', '٣', ' 1', '1 '])
  const all: readonly (readonly [string, () => string])[] = [
    ['limit', number],
    ['continue', () => continueToken(draw)],
    ['resourceVersion', () => (draw.oneIn(12) ? number() : String(draw.below(1000)))],
    ['resourceVersionMatch', () => draw.oneOf(['Exact', 'NotOlderThan', 'exact', '', ...prototypeNames])],
    ['timeoutSeconds', () => (draw.oneIn(2) ? '1' : number())],
    ['sendInitialEvents', () => draw.oneOf(['true', 'false', '1', 'x', ''])],
    ['allowWatchBookmarks', () => draw.oneOf(['true', '', 'x'])],
    ['watch', () => draw.oneOf(['true', '1', 'false', '0', 'x', ''])],
    ['timeout', () => grammars.duration(draw)],
  ]
  const parts = draw.times(1 + draw.below(5), () => draw.oneOf(all)).map(([name, value]) => `${name}=${encoded(draw, value())}`)
  return readOf(source, draw.oneIn(20) ? 'HEAD' : 'GET', `${listPath(source)}?${parts.join('&')}`)
}

function continueToken(draw: Draw): string {
  const plain = {
    v: 'meta.k8s.io/v1',
    rv: draw.oneIn(2) ? draw.below(3000) : -1,
    start: draw.oneOf(['a\0', 'fuzz/fz-1\0', '../x', '/../../etc', '', '\0', ...oddStrings]),
  }
  const tree = treeOf(plain)
  if (draw.oneIn(2)) mutate(draw, tree, 2)
  const text = Buffer.from(encodeText(damageText(draw, jsonOf(tree)))).toString(draw.oneOf(['base64url', 'base64']))
  return draw.oneIn(5) ? grammars.base64(draw) : draw.oneIn(6) ? text.slice(0, draw.below(text.length)) : text
}

/** Accept, Content-Type and the other headers that the server reads. */
export const headers: Family = (source) => {
  const { draw } = source
  const names = [
    'accept',
    'content-type',
    'accept-encoding',
    'content-encoding',
    'user-agent',
    'authorization',
    'impersonate-user',
    'impersonate-group',
    'impersonate-uid',
    'impersonate-extra-a%2fb',
    'impersonate-extra-__proto__',
    'if-none-match',
    'x-forwarded-for',
    'audit-id',
    'x-remote-user',
    'expect',
    'range',
    'origin',
    '__proto__',
    'tostring',
    'constructor',
  ]
  const drawn = draw.times(1 + draw.below(3), () => {
    const name = draw.oneOf(names)
    return [name, headerText(name === 'accept' || name === 'content-type' ? mediaTypes(draw) : headerValue(draw, name))] as const
  })
  const path = draw.oneIn(3)
    ? draw.oneOf(['/api', '/apis', '/version', '/openapi/v2', '/openapi/v3', '/openapi/v3/api/v1', '/readyz', '/apis/apps/v1'])
    : listPath(source)
  const base = readOf(source, 'GET', path, Object.fromEntries(drawn))
  if (base.wire !== 'http2' || !draw.oneIn(3)) return base
  const { kind, object } = draw.oneOf(source.corpus.valid)
  return {
    ...base,
    method: draw.oneOf(['POST', 'PUT', 'PATCH', 'DELETE']),
    path: collectionPath(kind),
    body: Buffer.from(JSON.stringify({ ...object, metadata: { name: nameOf(source) } })),
  }
}

function mediaTypes(draw: Draw): string {
  const one = () => {
    const type = draw.oneOf([
      'application/json',
      'application/yaml',
      'application/vnd.kubernetes.protobuf',
      'application/cbor',
      'application/*',
      '*/*',
      'text/html',
      'application/apply-patch+yaml',
      'application/json-patch+json',
      'a',
      '/',
      '',
    ])
    const parameter = () =>
      `${draw.oneOf(['as', 'v', 'g', 'q', 'charset', 'stream', 'profile', 'type', ...prototypeNames])}=${draw.oneOf(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList', 'v1', 'v1beta1', 'v9', 'meta.k8s.io', '0', '0.5', '1e9', '-1', 'watch', '"a;b"', '"', 'APIGroupDiscoveryList', 'apidiscovery.k8s.io', 'v2', 'nopeer', ''])}`
    return [type, ...draw.times(draw.below(5), parameter)].join(draw.oneOf([';', '; ', ';;', ' ; ']))
  }
  if (draw.oneIn(60)) return 'a/b;'.repeat(draw.skewed(15_000))
  return draw.times(1 + draw.below(3), one).join(draw.oneOf([',', ', ', ' ']))
}

function headerValue(draw: Draw, name: string): string {
  if (name === 'authorization')
    return draw.oneOf([
      'Bearer',
      'Bearer ',
      'Bearer x',
      'bearer a.b.c',
      'Bearer eyJhbGciOiJub25lIn0.e30.',
      'Basic eDp5',
      'Digest x',
      'Bearer a,b',
      `Bearer ${grammars.base64(draw).replaceAll('\n', '')}`,
    ])
  if (name.endsWith('encoding')) return draw.oneOf(['gzip', 'identity', 'br', 'gzip;q=0', 'deflate', '*', 'x', 'gzip, gzip'])
  return draw.oneIn(2) ? oddString(draw) : scalarText(draw)
}

/** What a header can carry. */
function headerText(text: string): string {
  return text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '').slice(0, 30_000)
}

/** Options that each write has, and those of deletes. */
export const options: Family = (source) => {
  const { draw, corpus } = source
  const odd = () => encoded(draw, draw.oneIn(2) ? oddString(draw).slice(0, 2000) : draw.oneOf(oddNumbers))
  const names = [
    'dryRun',
    'fieldManager',
    'fieldValidation',
    'force',
    'pretty',
    'gracePeriodSeconds',
    'propagationPolicy',
    'orphanDependents',
    'timeout',
    'includeObject',
    'resourceVersion',
    'preconditions',
    'uid',
    'exact',
    'export',
    'ignoreStoreReadErrorWithClusterBreakingPotential',
    ...prototypeNames,
  ]
  const values = [
    'All',
    'None',
    'true',
    'false',
    '1',
    'Strict',
    'Warn',
    'Ignore',
    'Foreground',
    'Background',
    'Orphan',
    'Metadata',
    'Object',
    '',
    '0s',
    '1s',
  ]
  const parts = draw.times(
    1 + draw.below(5),
    () => `${draw.oneOf(names)}${draw.oneIn(12) ? '' : '='}${draw.oneIn(3) ? odd() : draw.oneOf(values)}`,
  )
  const { kind, object } = draw.oneOf(corpus.valid)
  const name = nameOf(source)
  const at = collectionPath(kind)
  const query = parts.join(draw.oneOf(['&', '&', '&&', ';']))
  const body = Buffer.from(JSON.stringify({ ...object, metadata: { name } }))
  switch (draw.below(5)) {
    case 0:
      return requestOf(source, 'POST', at, { contentType: 'application/json', body, query })
    case 1:
      return requestOf(source, 'PUT', `${at}/${name}`, { contentType: 'application/json', body, query })
    case 2:
      return requestOf(source, 'PATCH', `${at}/${name}`, {
        contentType: 'application/merge-patch+json',
        body: Buffer.from('{"metadata":{"labels":{"a":"b"}}}'),
        query,
      })
    case 3:
      return requestOf(source, 'GET', `${at}/${name}`, { contentType: '', body: new Uint8Array(), query })
    default:
      return requestOf(source, 'DELETE', draw.oneIn(6) ? at : `${at}/${name}`, {
        contentType: 'application/json',
        body: deleteOptions(draw),
        query,
      })
  }
}

function deleteOptions(draw: Draw): Uint8Array {
  if (draw.oneIn(3)) return new Uint8Array()
  const tree = treeOf({
    kind: 'DeleteOptions',
    apiVersion: draw.oneOf(['v1', 'meta.k8s.io/v1', 'apps/v1']),
    gracePeriodSeconds: 0,
    preconditions: { uid: 'x', resourceVersion: '1' },
    propagationPolicy: 'Background',
    dryRun: ['All'],
  })
  mutate(draw, tree)
  return encodeText(damageText(draw, jsonOf(tree)))
}
