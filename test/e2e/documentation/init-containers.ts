/** The page "Init containers", and what it says of sidecars. */
import assert from 'node:assert/strict'
import { type Page, rowsOf } from './scene.ts'

export const initContainers: Page = {
  folder: 'init-containers',
  examples: {
    'two init containers wait for their services, one after the other': async (scene) => {
      await scene.apply('services')
      const addresses = await Promise.all(['myservice', 'mydb'].map((name) => scene.value(`service/${name}`, '.spec.clusterIP')))
      await scene.apply('myapp', (text) => text.replace('FIRST_ADDRESS', addresses[0] ?? '').replace('SECOND_ADDRESS', addresses[1] ?? ''))
      await scene.until('get pod myapp-pod', /myapp-pod\s+0\/1\s+Init:0\/2\s+0/)
      await scene.until('logs myapp-pod -c init-myservice', /waiting for myservice/)
      const described = await scene.kubectl('describe', 'pod', 'myapp-pod')
      assert.match(described, /init-myservice:[^]*?State:\s+Running/)
      assert.match(described, /init-mydb:[^]*?State:\s+Waiting\n\s+Reason:\s+PodInitializing/)
      assert.match(described, /Initialized\s+False/)
      await scene.apply('backend')
      await scene.until('get pod myapp-pod', /0\/1\s+Init:1\/2/)
      await scene.apply('backend', (text) => text.replaceAll('myservice', 'mydb'))
      await scene.until('get pod myapp-pod', /1\/1\s+Running/)
      assert.equal(await scene.kubectl('logs', 'myapp-pod'), 'The app is running!\n')
      const reasons = await scene.value('pod/myapp-pod', '.status.initContainerStatuses[*].state.terminated.reason')
      assert.equal(reasons, 'Completed Completed')
      assert.equal(await scene.value('pod/myapp-pod', '.status.conditions[?(@.type=="Initialized")].status'), 'True')
    },
    'they run in their order, share volumes, and count as much as the largest of them': async (scene) => {
      await scene.apply('order')
      await scene.until('logs order', /^first\nsecond\napp\n$/)
      const node = await scene.value('pod/order', '.spec.nodeName')
      const row = rowsOf(await scene.kubectl('describe', 'node', node)).find(
        (columns) => columns.includes(scene.namespace) && columns.includes('order'),
      )
      assert.deepEqual([row?.[3], row?.[7]], ['200m', '32Mi'])
    },
    'one that fails is tried again with pauses': async (scene) => {
      await scene.apply('failing')
      await scene.until('get pod failing', /0\/1\s+Init:Error|0\/1\s+Init:CrashLoopBackOff/)
      await scene.until('get pod failing', /0\/1\s+Init:CrashLoopBackOff\s+[1-9]/)
      assert.equal(await scene.value('pod/failing', '.status.phase'), 'Pending')
      assert.equal(await scene.value('pod/failing', '.status.initContainerStatuses[0].lastState.terminated.exitCode'), '3')
    },
    'one that fails fails the pod that is never restarted': async (scene) => {
      await scene.apply('failing', (text) => text.replace('Always', 'Never'))
      await scene.until('get pod failing', /0\/1\s+Init:Error\s+0/)
      await scene.untilValue('pod/failing', '.status.phase', /^Failed$/)
    },
    'they have no probes, and no names of others': async (scene) => {
      const probed = await scene.refusedApply('failing', (text) =>
        text.replace("exit 3'] }", "exit 3'], readinessProbe: { tcpSocket: { port: 1 } } }"),
      )
      assert.match(
        probed,
        /spec\.initContainers\[0\]\.readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always/,
      )
      const twins = await scene.refusedApply('failing', (text) => text.replace('name: fails', 'name: app'))
      assert.match(twins, /spec\.initContainers\[0\]\.name: Duplicate value: "app"|Duplicate value/)
    },
    'a sidecar starts first and ends with the job': async (scene) => {
      await scene.apply('sidecar-job')
      await scene.kubectl('wait', '--for=condition=complete', 'job/myjob', '--timeout=90s')
      assert.match(await scene.kubectl('logs', 'job/myjob', '-c', 'myjob'), /^shipping\n$/)
      assert.match(await scene.kubectl('logs', 'job/myjob', '-c', 'logshipper'), /shipping\nlogging\n/)
    },
  },
}
