/** The page "Pods". */
import assert from 'node:assert/strict'
import type { Page } from './scene.ts'

const merge = (object: string, patch: object) => ['patch', object, '--type=merge', '-p', JSON.stringify(patch)]

export const pods: Page = {
  folder: 'pods',
  examples: {
    'a pod of one container serves on its own address': async (scene) => {
      assert.equal(await scene.apply('simple-pod'), 'pod/nginx created\n')
      await scene.until('get pod nginx', /nginx\s+1\/1\s+Running\s+0/)
      const page = await fetch(`http://${await scene.value('pod/nginx', '.status.podIP')}/`)
      assert.match(await page.text(), /version 1/)
    },
    'a Job makes a pod from its template': async (scene) => {
      await scene.apply('job')
      await scene.kubectl('wait', '--for=condition=complete', 'job/hello', '--timeout=90s')
      assert.equal(await scene.kubectl('logs', 'job/hello'), 'Hello, Kubernetes!\n')
      assert.match(await scene.kubectl('get', 'pods'), /hello-\w{5}\s+0\/1\s+Completed/)
    },
    'containers share volumes and the network, and the host name is the name of the pod': async (scene) => {
      await scene.apply('file-puller')
      await scene.until('get pod site', /2\/2\s+Running/)
      const look = (script: string) => scene.kubectl('exec', 'site', '-c', 'puller', '--', 'sh', '-c', script)
      assert.equal(await look('wget -q -O - http://localhost/'), 'news of site\n')
      assert.equal(await look('hostname -i'), `${await scene.value('pod/site', '.status.podIP')}\n`)
    },
    'a privileged container may do what another may not': async (scene) => {
      await scene.apply('privileged')
      await scene.until('get pod strong', /2\/2\s+Running/)
      const mounts = (container: string) => scene.outcome('exec', 'strong', '-c', container, '--', 'mount', '-t', 'tmpfs', 'x', '/tmp')
      assert.equal((await mounts('strong')).status, 0)
      assert.notEqual((await mounts('plain')).status, 0)
    },
    'a pod for another system is refused by the kubelet': async (scene) => {
      await scene.apply('windows')
      await scene.untilValue('pod/elsewhere', '.status.reason', /^PodOSNotSupported$/)
      assert.equal(await scene.value('pod/elsewhere', '.status.phase'), 'Failed')
    },
    'only a few fields of a running pod may be changed': async (scene) => {
      await scene.apply('sleeper')
      const refused = (spec: object) => scene.refused(...merge('pod/sleeper', { spec }))
      assert.match(await refused({ hostname: 'other' }), /pod updates may not change fields other than/)
      const tolerations = (value: string) => ({ tolerations: [{ key: 'colour', operator: 'Equal', value, effect: 'NoSchedule' }] })
      await scene.kubectl(...merge('pod/sleeper', { spec: tolerations('red') }))
      assert.match(await refused(tolerations('blue')), /existing toleration can not be modified except its tolerationSeconds/)
      assert.match(await scene.refused(...merge('pod/sleeper', { metadata: { uid: 'x' } })), /uid/)
      await scene.kubectl(...merge('pod/sleeper', { spec: { activeDeadlineSeconds: 500 } }))
      await scene.kubectl(...merge('pod/sleeper', { spec: { activeDeadlineSeconds: 400 } }))
      assert.match(await refused({ activeDeadlineSeconds: 450 }), /must be less than or equal to previous value/)
      await scene.until('get pod sleeper', /Running/)
      await scene.kubectl(...merge('pod/sleeper', { spec: { activeDeadlineSeconds: 1 } }))
      await scene.untilValue('pod/sleeper', '.status.reason', /^DeadlineExceeded$/)
    },
    'a new image restarts the container in place, and the generations count it': async (scene) => {
      await scene.apply('simple-pod')
      await scene.untilValue('pod/nginx', '.status.observedGeneration', /^1$/)
      await scene.until('get pod nginx', /1\/1\s+Running/)
      const uid = await scene.value('pod/nginx', '.metadata.uid')
      await scene.kubectl('set', 'image', 'pod/nginx', 'nginx=navarch.dev/nginx:v2')
      await scene.until('get pod nginx', /1\/1\s+Running\s+1/)
      assert.equal(await scene.value('pod/nginx', '.metadata.generation'), '2')
      await scene.untilValue('pod/nginx', '.status.observedGeneration', /^2$/)
      assert.equal(await scene.value('pod/nginx', '.metadata.uid'), uid)
      await scene.untilValue('pod/nginx', '.status.containerStatuses[0].image', /nginx:v2$/)
    },
    'no finalizer can be added to a pod that is being deleted': async (scene) => {
      await scene.apply('sleeper')
      await scene.kubectl(...merge('pod/sleeper', { metadata: { finalizers: ['navarch.dev/held'] } }))
      await scene.kubectl('delete', 'pod', 'sleeper', '--wait=false')
      const added = { metadata: { finalizers: ['navarch.dev/held', 'navarch.dev/more'] } }
      assert.match(await scene.refused(...merge('pod/sleeper', added)), /no new finalizers can be added if the object is being deleted/)
      await scene.kubectl(...merge('pod/sleeper', { metadata: { finalizers: null } }))
      await scene.until('get pods -o name', /^$/)
    },
  },
}
