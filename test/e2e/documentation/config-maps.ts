/** The page "ConfigMaps". */
import assert from 'node:assert/strict'
import type { Page } from './scene.ts'

const merge = (name: string, patch: object) => ['patch', 'configmap', name, '--type=merge', '-p', JSON.stringify(patch)]

export const configMaps: Page = {
  folder: 'config-maps',
  examples: {
    'a pod reads single values as variables and the rest as files': async (scene) => {
      assert.equal(await scene.apply('game-demo'), 'configmap/game-demo created\n')
      assert.match(await scene.kubectl('get', 'cm', 'game-demo'), /^NAME\s+DATA\s+AGE\ngame-demo\s+4\s/)
      await scene.apply('configmap-demo-pod')
      await scene.until('get pod configmap-demo-pod', /1\/1\s+Running/)
      const look = (script: string) => scene.inPod('configmap-demo-pod', script)
      assert.equal(await look('echo $PLAYER_INITIAL_LIVES $UI_PROPERTIES_FILE_NAME'), '3 user-interface.properties\n')
      assert.equal(await look('ls /config /config/ui'), '/config:\ngame.properties\nui\n\n/config/ui:\nuser-interface.properties\n')
      assert.equal(await look('cat /config/game.properties'), 'enemy.types=aliens,monsters\nplayer.maximum-lives=5\n')
      assert.match(await scene.refused('exec', 'configmap-demo-pod', '--', 'touch', '/config/x'), /Read-only file system/)
    },
    'mounted files follow the object; variables and single mounted files do not': async (scene) => {
      await scene.apply('game-demo')
      await scene.apply('configmap-demo-pod')
      await scene.until('get pod configmap-demo-pod', /1\/1\s+Running/)
      await scene.kubectl(...merge('game-demo', { data: { player_initial_lives: '9' } }))
      await scene.until('exec configmap-demo-pod -- cat /all/player_initial_lives', /^9$/)
      assert.equal(await scene.inPod('configmap-demo-pod', 'echo $PLAYER_INITIAL_LIVES $(cat /one/lives)'), '3 3\n')
    },
    'all keys become variables': async (scene) => {
      await scene.apply('env-configmap')
      await scene.until('get pod env-configmap', /Completed/)
      assert.match(await scene.kubectl('logs', 'env-configmap'), /^(?=[^]*^MY_access_level=1$)(?=[^]*^MY_username=k8s-admin$)/m)
    },
    'an immutable one can only be deleted and made again': async (scene) => {
      await scene.apply('immutable')
      assert.match(await scene.refused(...merge('company', { data: { name: 'Bob' } })), /field is immutable when `immutable` is set/)
      assert.match(await scene.refused(...merge('company', { immutable: false })), /field is immutable when `immutable` is set/)
      await scene.kubectl(...merge('company', { metadata: { labels: { a: 'b' } } }))
      await scene.kubectl('delete', 'configmap', 'company')
      await scene.apply('immutable', (text) => text.replace('Ada', 'Bob'))
      assert.equal(await scene.value('configmap/company', '.data.name'), 'Bob')
    },
    'a container waits for one that is not optional': async (scene) => {
      await scene.apply('late')
      await scene.until('get pod late', /0\/1\s+CreateContainerConfigError/)
      assert.match(await scene.kubectl('describe', 'pod', 'late'), /Warning\s+Failed\s.*Error: configmap "not-yet" not found/)
      await scene.kubectl('create', 'configmap', 'not-yet', '--from-literal=level=7')
      await scene.until('logs late', /^level=7 name=$/m, 60_000)
    },
    'binary values come out as they went in': async (scene) => {
      await scene.apply('binary')
      await scene.until('get pod reader', /1\/1\s+Running/)
      assert.equal(await scene.inPod('reader', 'od -An -tx1 /data/bytes'), ' 00 01 02 ff\n')
    },
    'bad keys, keys in both parts and more than a mebibyte are refused': async (scene) => {
      const withData = (data: string) => (text: string) => text.replace('{ name: Ada }', data)
      assert.match(
        await scene.refusedApply('immutable', withData('{ "a b": x }')),
        /data\[a b\]: Invalid value: "a b": a valid config key must consist of/,
      )
      assert.match(await scene.refusedApply('immutable', withData('{ k: x }\nbinaryData: { k: AA== }')), /duplicate of key present in/)
      const tooLong = await scene.refused('create', 'configmap', 'big', '--from-file=.cache/images/shell-v1.tar')
      assert.match(tooLong, /Too long: may not be more than 1048576 bytes/)
    },
  },
}
