import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { layoutOf } from './layout.ts'
import { salvagedSettings } from './salvaged-settings.ts'

test('name and bridge are told from the files that were made with them', async () => {
  const layout = layoutOf(await mkdtemp(join(tmpdir(), 'navarch-salvage-')))
  assert.deepEqual(await salvagedSettings(layout), { name: 'navarch', bridge: 'nv0', supervisor: 'shell', controlPlanes: 1 })
  await mkdir(join(layout.root, 'kubeconfig'))
  await writeFile(layout.adminKubeconfig, 'current-context: other\n')
  await mkdir(layout.cniConfDir, { recursive: true })
  await writeFile(join(layout.cniConfDir, '10-navarch.conflist'), '{"plugins":[{"type":"bridge","bridge":"nv7"}]}')
  assert.deepEqual(await salvagedSettings(layout), { name: 'other', bridge: 'nv7', supervisor: 'shell', controlPlanes: 1 })
  for (const host of ['1', '2', '3']) await mkdir(join(layout.hostsDir, host), { recursive: true })
  assert.equal((await salvagedSettings(layout)).controlPlanes, 3)
  await rm(layout.root, { recursive: true })
})
