import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FlagError } from '#component/flags'
import { GrpcError } from '#net/grpc/grpc-error'
import { StoreError } from '#store/store-error'
import { failureMessage } from './failure-message.ts'
import { LocalError } from './settings.ts'

const system = (code: string, facts: object) => Object.assign(new Error(`${code}: as the system says it`), { code, ...facts })

for (const [what, error, wanted] of [
  ['a local error', new LocalError('do this'), /^do this$/],
  ['a flag error', new FlagError('unknown flag: --x'), /^unknown flag: --x$/],
  ['a store that is not ours', new StoreError('Corrupt', '/d/store.db is damaged: restore it'), /^\/d\/store\.db is damaged: restore it$/],
  ['a full disk', system('ENOSPC', { path: '/d/pki/ca.key.new' }), /^there is no room on the disk \(\/d\/pki\/ca\.key\.new\): make some/],
  ['a full disk, told without a path', system('ENOSPC', {}), /^there is no room on the disk \(ENOSPC: as the system says it\)/],
  ['a full disk of containerd', new GrpcError('Unknown', 'write blob: no space left on device'), /^containerd cannot write: .*: make room/],
  ['a directory of somebody else', system('EACCES', { path: '/d' }), /^\/d may not be written: choose another/],
  ['a file where a directory should be', system('ENOTDIR', { path: '/d/x' }), /^\/d\/x is in the way/],
  ['a directory that is not there', system('ENOENT', { path: '/d' }), /^there is no \/d: see that its name is right$/],
  ['a port in use', system('EADDRINUSE', { port: 6443 }), /^port 6443 is in use by another program: end it/],
  ['a bug', new TypeError('x is not a function'), undefined],
  ['something else of the system', system('EMFILE', {}), undefined],
] as const) {
  test(`failureMessage: ${what}`, () => {
    const message = failureMessage(error)
    if (wanted === undefined) assert.equal(message, undefined)
    else assert.match(message ?? '', wanted)
  })
}
