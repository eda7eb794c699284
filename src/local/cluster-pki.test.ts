import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { VirtualClock } from '#base/env/virtual-clock'
import { parseCertificate, verifyCertificate } from '#net/pki/certificate'
import { type ClusterPki, ensurePki } from './cluster-pki.ts'
import type { Settings } from './settings.ts'

const dayMs = 24 * 3600_000
const settings: Settings = {
  stateVersion: 1,
  name: 'test',
  bridge: 'nv0',
  nodeName: 'node',
  nodeAddress: '192.0.2.7',
  apiPort: 6443,
  kubeletPort: 10250,
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/12',
  controlPlanes: 1,
  controlPlaneCidr: '10.89.0.0/24',
  supervisor: 'shell',
}
const leaves = ['apiServer', 'apiServerKubeletClient', 'admin', 'nodeClient', 'nodeServing', 'proxyClient'] as const

async function withDirectory(play: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'navarch-pki-'))
  await play(directory)
  await rm(directory, { recursive: true })
}

/** Every certificate is in force now and comes from the authority. */
function assertWorks(pki: ClusterPki, clock: VirtualClock): void {
  const authorities = [parseCertificate(pki.authority.certificatePem)]
  for (const name of leaves) {
    const verdict = verifyCertificate(parseCertificate(pki[name].certificatePem), { authorities, nowMs: clock.nowMs() })
    assert.deepEqual(verdict, { ok: true }, name)
  }
}

test('what is there and good stays as it is', () =>
  withDirectory(async (directory) => {
    const clock = new VirtualClock()
    const first = await ensurePki(directory, settings, clock)
    assertWorks(first, clock)
    await clock.advance(30 * dayMs)
    assert.deepEqual(await ensurePki(directory, settings, clock), first)
  }))

for (const [what, days] of [
  ['that have expired', 400],
  ['that expire within a month', 340],
  ['of an authority that has expired', 4000],
] as const) {
  test(`certificates ${what} are made again`, () =>
    withDirectory(async (directory) => {
      const clock = new VirtualClock()
      const first = await ensurePki(directory, settings, clock)
      await clock.advance(days * dayMs)
      const second = await ensurePki(directory, settings, clock)
      assertWorks(second, clock)
      assert.notEqual(second.admin.certificatePem, first.admin.certificatePem)
      assert.equal(second.serviceAccountKeyPem, first.serviceAccountKeyPem)
    }))
}

test('a clock that was ahead when they were made, and went back, makes them again', () =>
  withDirectory(async (directory) => {
    await ensurePki(directory, settings, new VirtualClock(Date.UTC(2030, 0, 1)))
    const clock = new VirtualClock(Date.UTC(2026, 0, 1))
    assertWorks(await ensurePki(directory, settings, clock), clock)
  }))

for (const [what, file, content] of [
  ['a lost authority', 'ca.crt', undefined],
  ['the lost key of the authority', 'ca.key', undefined],
  ['a lost certificate', 'apiserver.crt', undefined],
  ['an empty certificate', 'admin.crt', ''],
  ['half a certificate', 'kubelet-client.crt', 'half'],
  ['half a key', 'apiserver.key', 'half'],
  ['half a key of service accounts', 'sa.key', 'half'],
] as const) {
  test(`${what} is made again, with all that hangs on it`, () =>
    withDirectory(async (directory) => {
      const clock = new VirtualClock()
      await ensurePki(directory, settings, clock)
      const path = join(directory, file)
      const whole = await readFile(path, 'utf8')
      if (content === undefined) await rm(path)
      else await writeFile(path, content === 'half' ? whole.slice(0, whole.length / 2) : content)
      const second = await ensurePki(directory, settings, clock)
      assertWorks(second, clock)
      assert.match(second.serviceAccountKeyPem, /END PRIVATE KEY-----\s*$/)
    }))
}

test('another address of the node makes the certificates that name it again, and no others', () =>
  withDirectory(async (directory) => {
    const clock = new VirtualClock()
    const first = await ensurePki(directory, settings, clock)
    const second = await ensurePki(directory, { ...settings, nodeAddress: '192.0.2.8' }, clock)
    const changed = leaves.filter((name) => first[name].certificatePem !== second[name].certificatePem)
    assert.deepEqual(changed, ['apiServer', 'nodeServing'])
  }))
