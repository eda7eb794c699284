import assert from 'node:assert/strict'
import { test } from 'node:test'
import { containerdConfig, mirrorConfig } from './config.ts'
import { parseContainerdVersion, statusAllowsSysResource } from './host-facts.ts'
import { mountsBelow } from './leftovers.ts'

const paths = {
  root: '/r',
  state: '/s',
  socket: '/s/c.sock',
  cniConfigDirectory: '/c',
  cniPluginDirectories: ['/usr/lib/cni'],
  registryDirectory: '/m',
}

test('the configuration keeps to its own directories, in the layout of the version', () => {
  const settings = { paths, sandboxImage: 'pause:1', restrictOomScoreAdj: true }
  const old = containerdConfig({ ...settings, majorVersion: 1 })
  assert.match(old, /^version = 2\nroot = "\/r"\nstate = "\/s"\n/)
  assert.match(old, /\[plugins\."io\.containerd\.grpc\.v1\.cri"\]\nsandbox_image = "pause:1"\n[^[]*restrict_oom_score_adj = true\n/)
  const recent = containerdConfig({ ...settings, majorVersion: 2 })
  assert.match(recent, /^version = 3\n/)
  assert.match(recent, /pinned_images\]\nsandbox = "pause:1"\n/)
})

test('a mirror is asked before the registry', () => {
  assert.match(
    mirrorConfig('docker.io', 'http://127.0.0.1:5000'),
    /^server = "https:\/\/registry-1\.docker\.io"\n\n\[host\."http:\/\/127\.0\.0\.1:5000"\]/,
  )
})

test('versions are read, and old ones refused', () => {
  assert.equal(parseContainerdVersion('containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1+deb12u3'), 1)
  assert.equal(parseContainerdVersion('containerd github.com/containerd/containerd/v2 v2.1.3 abc'), 2)
  assert.throws(() => parseContainerdVersion('containerd 1.4.13 x'), /1\.4 is too old/)
})

test('CAP_SYS_RESOURCE is bit 24 of the effective capabilities', () => {
  assert.equal(statusAllowsSysResource('CapEff:\t000001ffffffffff\n'), true)
  assert.equal(statusAllowsSysResource('CapEff:\t000001fffeffffff\n'), false)
})

test('mounts are taken away from the inside out, and only ours', () => {
  const mountInfo = ['1 0 0:1 / / rw', '2 1 0:2 / /s/a rw', '3 2 0:3 / /s/a/b rw', '4 1 0:4 / /sx rw'].join('\n')
  assert.deepEqual(mountsBelow(mountInfo, ['/s']), ['/s/a/b', '/s/a'])
})
