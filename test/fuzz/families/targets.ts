/** Paths: dot segments, escapes, lengths, bytes that are no text; and subresources with bodies that are not theirs. */
import { collectionPath } from '../corpus.ts'
import type { Family } from '../fuzz-case.ts'
import { encodeText, oddString, oddStrings, prototypeNames } from '../hostile-values.ts'
import { jsonOf, treeOf } from '../json-tree.ts'
import { damageText, mutate } from '../mutate.ts'
import { nameOf, readOf, requestOf } from './request-parts.ts'

const methods = ['GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'] as const

const segments = [
  '.',
  '..',
  '%2e',
  '%2e%2e',
  '%2E%2e',
  '.%2e',
  '%2f',
  '..%2f..',
  '%5c',
  '%00',
  '%',
  '%zz',
  '%ff',
  '%c0%af',
  '%ed%a0%80',
  '%25',
  '%252e',
  '',
  ' ',
  '%20',
  '~',
  '*',
  ';a=b',
  ':x',
  '@',
  '?',
  '#',
  '%0d%0a',
  'namespaces',
  'watch',
  'status',
  'scale',
  'log',
  'finalize',
  'api',
  'apis',
  'v1',
  ...prototypeNames,
]

/** Over HTTP/2: what a client library would still send. */
export const urls: Family = (source) => {
  const { draw } = source
  const path = pathOf(source)
  const body = draw.oneIn(2) ? Buffer.from('{"metadata":{"name":"fz-1"}}') : undefined
  const base = readOf(source, draw.oneOf(methods), path.replaceAll(/[^\x21-\x7e]/g, '%ff'), { 'content-type': 'application/json' })
  return base.wire === 'http2' && body !== undefined && base.method !== 'GET' && base.method !== 'HEAD' ? { ...base, body } : base
}

/** Over HTTP/1.1, byte by byte: also what no library would. */
export const rawRequests: Family = (source) => {
  const { draw, token } = source
  const path = draw.oneIn(3) ? damageText(draw, pathOf(source)) : pathOf(source)
  const version = draw.oneIn(20) ? draw.oneOf(['HTTP/1.0', 'HTTP/2.0', 'http/1.1', 'HTTP/1.1 ', '']) : 'HTTP/1.1'
  const lines = [
    `${draw.oneIn(20) ? oddString(draw).slice(0, 50) : draw.oneOf(methods)} ${path} ${version}`,
    'Host: x',
    `Authorization: Bearer ${token}`,
  ]
  if (draw.oneIn(3))
    lines.push(
      `${draw.oneOf(['Accept', 'X-A', 'Content-Type', 'Cookie', 'Connection', 'Upgrade', 'Expect', 'TE', '__proto__'])}: ${oddString(draw).slice(0, 5000)}`,
    )
  if (draw.oneIn(10))
    lines.push(
      draw.oneOf([
        'no colon',
        ': x',
        ' folded',
        'A\0: b',
        'Host: y',
        'Content-Length: -1',
        'Content-Length: 1e3',
        'Transfer-Encoding: chunked, x',
        'Transfer-Encoding: chunked',
      ]),
    )
  const body = draw.oneIn(2) ? '{"metadata":{"name":"fz-2"}}' : ''
  lines.push(`Content-Length: ${body.length}`, 'Connection: close')
  return { wire: 'http1', bytes: encodeText(`${damageText(draw, lines.join('\r\n'))}\r\n\r\n${body}`) }
}

function pathOf(source: Parameters<Family>[0]): string {
  const { draw, corpus } = source
  const parts = [
    ...collectionPath(draw.oneOf(corpus.kinds)).split('/').slice(1),
    nameOf(source),
    draw.oneOf(['status', 'scale', 'x', '']),
  ].slice(0, 1 + draw.below(8))
  for (let count = draw.below(4); count > 0; count--) {
    const at = draw.below(parts.length + 1)
    const odd = draw.oneIn(5) ? encodeURIComponent(draw.oneOf(oddStrings).toWellFormed()) : draw.oneOf(segments)
    parts.splice(at, draw.below(2), odd)
  }
  if (draw.oneIn(60)) parts.push(draw.oneOf(['a', '..', '%2e%2e', '/']).repeat(1 + draw.skewed(20_000)))
  // These would go out to addresses that the objects name.
  return `/${parts.map((part) => (part === 'proxy' ? 'prox' : part)).join('/')}${draw.oneIn(6) ? `?${draw.oneOf(['watch', 'watch=1&timeoutSeconds=1', 'a=%', '&&=', 'limit=1', '__proto__=x', '?'])}` : ''}`
}

const subresources: readonly (readonly [string, string, object])[] = [
  ['pods', 'binding', { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'x' }, target: { kind: 'Node', name: 'n' } }],
  [
    'pods',
    'eviction',
    {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'x' },
      deleteOptions: { gracePeriodSeconds: 0, preconditions: { uid: 'x' } },
    },
  ],
  [
    'pods',
    'ephemeralcontainers',
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x' },
      spec: { ephemeralContainers: [{ name: 'e', image: 'e', targetContainerName: 'main' }] },
    },
  ],
  [
    'pods',
    'resize',
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x' },
      spec: { containers: [{ name: 'main', resources: { limits: { cpu: '2' } } }] },
    },
  ],
  [
    'pods',
    'status',
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x' },
      status: {
        phase: 'Running',
        podIPs: [{ ip: '127.0.0.1' }],
        conditions: [{ type: 'Ready', status: 'True' }],
        containerStatuses: [
          {
            name: 'main',
            restartCount: 1,
            image: 'x',
            imageID: 'x',
            ready: true,
            state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
          },
        ],
      },
    },
  ],
  ['pods', 'log', {}],
  ['pods', 'exec', {}],
  ['pods', 'attach', {}],
  ['pods', 'portforward', {}],
  [
    'serviceaccounts',
    'token',
    {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { audiences: ['a'], expirationSeconds: 600, boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'fz-1' } },
    },
  ],
  ['deployments', 'scale', { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'x' }, spec: { replicas: 3 } }],
  ['statefulsets', 'scale', { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'x' }, spec: { replicas: 3 } }],
  [
    'certificatesigningrequests',
    'approval',
    {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name: 'x' },
      status: { conditions: [{ type: 'Approved', status: 'True' }] },
    },
  ],
  [
    'nodes',
    'status',
    {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'x' },
      status: { capacity: { cpu: '1' }, addresses: [{ type: 'InternalIP', address: '127.0.0.1' }] },
    },
  ],
]

export const subresourceRequests: Family = (source) => {
  const { draw, corpus } = source
  const [plural, subresource, object] = draw.oneOf(subresources)
  const kind = corpus.kinds.find((candidate) => candidate.plural === plural)
  const path = `${kind === undefined ? `/api/v1/${plural}` : collectionPath(kind)}/${nameOf(source)}/${subresource}`
  const tree = treeOf({ ...object, ...(draw.oneIn(2) && 'metadata' in object ? { metadata: { name: nameOf(source) } } : {}) })
  if (!draw.oneIn(4)) mutate(draw, tree)
  const query = draw.oneIn(2)
    ? draw.oneOf([
        'container=main',
        'command=x&stdin=true',
        'follow=true',
        'tailLines=x',
        'sinceSeconds=-1',
        'ports=99999',
        'ports=x',
        'limitBytes=0',
        'dryRun=All',
        'sinceTime=x',
        'stream=Stdout',
      ])
    : ''
  const body = encodeText(damageText(draw, jsonOf(tree)))
  return requestOf(source, draw.oneOf(['POST', 'POST', 'PUT', 'PATCH', 'GET']), path, {
    contentType: draw.oneOf(['application/json', 'application/json', 'application/merge-patch+json']),
    body,
    query,
  })
}
