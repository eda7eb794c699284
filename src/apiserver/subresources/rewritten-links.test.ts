import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rewrittenLink, rewrittenPage } from './rewritten-links.ts'

const place = { prefix: '/api/v1/namespaces/n/pods/p/proxy', ownHosts: ['10.0.0.1:80', 'api:6443'] }

for (const [link, want] of [
  ['/a?b=/c#d', `${place.prefix}/a?b=/c#d`],
  ['/', `${place.prefix}/`],
  ['a/b', 'a/b'],
  ['', ''],
  ['#part', '#part'],
  ['http://10.0.0.1:80/a', `${place.prefix}/a`],
  ['//api:6443/a', `${place.prefix}/a`],
  ['https://example.com/a', 'https://example.com/a'],
  ['mailto:someone', 'mailto:someone'],
  [`${place.prefix}/a`, `${place.prefix}/a`],
] as const) {
  test(`the link ${JSON.stringify(link)} behind a proxy is ${JSON.stringify(want)}`, () => assert.equal(rewrittenLink(link, place), want))
}

test('a page keeps everything but its links', () => {
  const page = `<!DOCTYPE html><!-- <a href="/x"> --><IMG alt="/y" SRC='/z' ><a class=k href=/w>/v</a><p title="/u">`
  assert.equal(
    rewrittenPage(page, { ...place, prefix: '/P' }),
    `<!DOCTYPE html><!-- <a href="/x"> --><IMG alt="/y" SRC='/P/z' ><a class=k href=/P/w>/v</a><p title="/u">`,
  )
})
