/** The page "Secrets". */
import assert from 'node:assert/strict'
import { Buffer } from 'node:buffer'
import { type Page, rowsOf } from './scene.ts'

const merge = (object: string, patch: object) => ['patch', object, '--type=merge', '-p', JSON.stringify(patch)]
const decoded = (text: string) => Buffer.from(text, 'base64').toString()

export const secrets: Page = {
  folder: 'secrets',
  examples: {
    'a key that begins with a dot is a hidden file': async (scene) => {
      await scene.apply('dotfile-secret')
      await scene.until('logs secret-dotfiles-pod', /^\.secret-file$/m)
    },
    'plain text goes before base64 under the same key': async (scene) => {
      await scene.apply('mysecret')
      assert.equal(decoded(await scene.value('secret/mysecret', '.data.password')), 't0p-Secret')
      assert.equal(await scene.value('secret/mysecret', '.stringData'), '')
      assert.match(await scene.kubectl('describe', 'secret', 'mysecret'), /^password:\s+10 bytes$/m)
    },
    'an optional one need not be there, and comes into the volume later': async (scene) => {
      await scene.apply('mypod')
      await scene.until('get pod mypod', /1\/1\s+Running/)
      assert.equal(await scene.inPod('mypod', 'ls /etc/foo'), '')
      await scene.apply('mysecret')
      await scene.until('exec mypod -- cat /etc/foo/username', /^admin$/)
      await scene.kubectl(...merge('secret/mysecret', { stringData: { username: 'root' } }))
      await scene.until('exec mypod -- cat /etc/foo/username', /^root$/)
    },
    'no container starts before one that is not optional is there': async (scene) => {
      await scene.apply('mypod', (text) => text.replace(', optional: true', ''))
      await scene.until(
        'describe pod mypod',
        /Warning\s+FailedMount\s.*MountVolume\.SetUp failed for volume "foo" : secret "mysecret" not found/,
      )
      assert.match(await scene.kubectl('get', 'pod', 'mypod'), /0\/1\s+ContainerCreating/)
      await scene.apply('mysecret')
      await scene.until('get pod mypod', /1\/1\s+Running/)
    },
    'keys for SSH from files': async (scene) => {
      const files = ['--from-file=ssh-privatekey=package.json', '--from-file=ssh-publickey=LICENSE']
      assert.equal(await scene.kubectl('create', 'secret', 'generic', 'ssh-key-secret', ...files), 'secret/ssh-key-secret created\n')
      await scene.apply('ssh-pod')
      await scene.until('get pod secret-test-pod', /1\/1\s+Running/)
      const look = (script: string) => scene.inPod('secret-test-pod', script)
      assert.equal(await look('ls /etc/secret-volume'), 'ssh-privatekey\nssh-publickey\n')
      assert.match(await look('ls -lL /etc/secret-volume/ssh-privatekey'), /^-r--------/)
      assert.match(await look('grep " /etc/secret-volume " /proc/mounts'), /^tmpfs .*\bro\b/)
    },
    'one program with the credentials of two environments': async (scene) => {
      for (const [name, user, password] of [
        ['prod', 'produser', 'Y4nys7f11'],
        ['test', 'testuser', 'iluvtests'],
      ] as const)
        await scene.kubectl(
          'create',
          'secret',
          'generic',
          `${name}-db-secret`,
          `--from-literal=username=${user}`,
          `--from-literal=password=${password}`,
        )
      await scene.apply('environments')
      await scene.until('logs prod-db-client-pod', /^produser Y4nys7f11$/m)
      await scene.until('logs test-db-client-pod', /^testuser iluvtests$/m)
    },
    'only the container that mounts one sees it': async (scene) => {
      await scene.apply('mysecret')
      await scene.apply('one-container')
      await scene.until('get pod signer', /2\/2\s+Running/)
      assert.equal(await scene.kubectl('exec', 'signer', '-c', 'signer', '--', 'cat', '/key/username'), 'admin')
      assert.match(await scene.refused('exec', 'signer', '-c', 'front', '--', 'cat', '/key/username'), /No such file or directory/)
    },
    'each type asks for its own keys': async (scene) => {
      await scene.apply('typed')
      await scene.kubectl('create', 'secret', 'generic', 'empty-secret')
      const rows = rowsOf(await scene.kubectl('get', 'secrets')).map((row) => row.slice(0, 3).join(' '))
      assert.deepEqual(rows, [
        'bootstrap-token-5emitj bootstrap.kubernetes.io/token 3',
        'empty-secret Opaque 0',
        'secret-basic-auth kubernetes.io/basic-auth 2',
        'secret-ssh-auth kubernetes.io/ssh-auth 1',
      ])
      assert.match(await scene.refusedApply('ill-typed'), /data\[ssh-privatekey\]: Required value/)
      const retyped = (type: string) => (text: string) => text.replace('kubernetes.io/ssh-auth', type)
      assert.match(await scene.refusedApply('ill-typed', retyped('kubernetes.io/tls')), /data\[tls\.crt\]: Required value/)
      assert.match(
        await scene.refusedApply('ill-typed', retyped('kubernetes.io/dockerconfigjson')),
        /data\[\.dockerconfigjson\]: Required value/,
      )
      assert.match(
        await scene.refused(...merge('secret/empty-secret', { type: 'other' })),
        /type: Invalid value: "other": field is immutable/,
      )
      assert.match(
        await scene.refusedApply('mysecret', (text) => text.replace('YWRtaW4=', 'no*base64')),
        /illegal base64 data at input byte/,
      )
    },
    'credentials of a registry, and pods that get them from their service account': async (scene) => {
      const account = [
        '--docker-email=tiger@acme.example',
        '--docker-username=tiger',
        '--docker-password=pass1234',
        '--docker-server=my-registry.example:5000',
      ]
      await scene.kubectl('create', 'secret', 'docker-registry', 'secret-tiger-docker', ...account)
      const config: unknown = JSON.parse(decoded(await scene.value('secret/secret-tiger-docker', '.data.*')))
      const auth = Buffer.from('tiger:pass1234').toString('base64')
      assert.deepEqual(config, {
        auths: { 'my-registry.example:5000': { username: 'tiger', password: 'pass1234', email: 'tiger@acme.example', auth } },
      })
      await scene.untilValue('sa/default', '.metadata.name', /default/)
      await scene.kubectl(...merge('sa/default', { imagePullSecrets: [{ name: 'secret-tiger-docker' }] }))
      await scene.apply('mypod')
      assert.equal(await scene.value('pod/mypod', '.spec.imagePullSecrets[*].name'), 'secret-tiger-docker')
    },
    'an immutable one can only be deleted': async (scene) => {
      await scene.apply('mysecret', (text) => `${text}immutable: true\n`)
      assert.match(
        await scene.refused(...merge('secret/mysecret', { stringData: { username: 'x' } })),
        /field is immutable when `immutable` is set/,
      )
      assert.match(await scene.refused(...merge('secret/mysecret', { immutable: false })), /field is immutable when `immutable` is set/)
      await scene.kubectl('delete', 'secret', 'mysecret')
    },
    'a token of a service account goes with it': async (scene) => {
      assert.match(
        await scene.refusedApply('sa-token', (text) => text.replace(/.*annotations.*\n/, '')),
        /metadata\.annotations\[kubernetes\.io\/service-account\.name\]: Required value/,
      )
      await scene.untilValue('sa/default', '.metadata.name', /default/)
      await scene.apply('sa-token')
      assert.equal(decoded(await scene.value('secret/secret-sa-sample', '.data.extra')), 'bar\n')
    },
  },
}
