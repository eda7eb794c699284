/** The page "Configure Liveness, Readiness and Startup Probes", with shorter times. */
import assert from 'node:assert/strict'
import { eventually } from '../test-cluster.ts'
import type { Page } from './scene.ts'

export const probes: Page = {
  folder: 'probes',
  examples: {
    'a command that fails restarts the container': async (scene) => {
      await scene.apply('exec-liveness')
      await scene.until('get pod liveness-exec', /1\/1\s+Running\s+0/)
      const early = await scene.kubectl('describe', 'pod', 'liveness-exec')
      for (const step of [/Normal\s+Scheduled\s/, /Normal\s+Pulled\s/, /Normal\s+Created\s/, /Normal\s+Started\s/])
        assert.match(early, step)
      assert.doesNotMatch(early, /Unhealthy/)
      await scene.until('get pod liveness-exec', /1\/1\s+Running\s+1/)
      const late = await scene.kubectl('describe', 'pod', 'liveness-exec')
      assert.match(
        late,
        /Warning\s+Unhealthy\s+.* \(x3 over .*Liveness probe failed: cat: can't open '\/tmp\/healthy': No such file or directory/,
      )
      assert.match(late, /Normal\s+Killing\s.*Container liveness failed liveness probe, will be restarted/)
    },
    'an answer of 500 restarts the container, one of 200 does not; headers are sent': async (scene) => {
      await scene.apply('http-liveness')
      await scene.until('get pod liveness-http', /1\/1\s+Running\s+0/)
      await scene.until('get pod liveness-http', /1\/1\s+Running\s+1/)
      const described = await scene.kubectl('describe', 'pod', 'liveness-http')
      assert.match(described, /Warning\s+Unhealthy\s.*Liveness probe failed: HTTP probe failed with statuscode: 500/)
      assert.doesNotMatch(described, /statuscode: 400/)
    },
    'a port that takes connections is well, one that does not is not': async (scene) => {
      await scene.apply('tcp-liveness-readiness')
      await scene.until('get pod proxy', /0\/1\s+Running/)
      await scene.until('get pod proxy', /1\/1\s+Running/)
      assert.doesNotMatch(await scene.kubectl('describe', 'pod', 'proxy'), /Unhealthy/)
      await scene.apply('tcp-liveness-readiness', (text) =>
        text.replace('name: proxy, labels', 'name: deaf, labels').replaceAll('port: 80 }, initial', 'port: 81 }, initial'),
      )
      await scene.until('get pod deaf', /\sRunning\s+[1-9]/)
      const described = await scene.kubectl('describe', 'pod', 'deaf')
      assert.match(described, /Liveness probe failed: dial tcp 10\.\S+:81: connect: connection refused/)
      assert.match(described, /Readiness probe failed: dial tcp 10\.\S+:81: connect: connection refused/)
    },
    'a gRPC service of health is asked': async (scene) => {
      await scene.apply('grpc-liveness')
      await scene.until('get pod with-grpc', /1\/1\s+Running\s+0/)
      await new Promise((resolve) => setTimeout(resolve, 2500))
      assert.match(await scene.kubectl('get', 'pod', 'with-grpc'), /1\/1\s+Running\s+0/)
      await scene.apply('grpc-liveness', (text) =>
        text.replace('name: with-grpc', 'name: wrong-port').replaceAll('port: 2379 }', 'port: 2380 }'),
      )
      await scene.until('describe pod wrong-port', /Liveness probe failed: .*2380/)
      const named = await scene.refusedApply('grpc-liveness', (text) =>
        text.replace('name: with-grpc', 'name: named').replace('port: 2379 }', 'port: health }'),
      )
      assert.match(named, /grpc\.port/)
    },
    'a startup probe holds off the others, and ports can be named': async (scene) => {
      await scene.apply('startup')
      await scene.untilValue('pod/slow', '.status.containerStatuses[0].started', /^false$/)
      await scene.until('get pod slow', /1\/1\s+Running\s+0/)
      assert.equal(await scene.value('pod/slow', '.status.containerStatuses[0].started'), 'true')
      assert.match(
        await scene.kubectl('describe', 'pod', 'slow'),
        /Startup probe failed: Get "http:\/\/10\.\S+:80\/": dial tcp \S+: connect: connection refused/,
      )
    },
    'a startup that takes too long ends the container': async (scene) => {
      await scene.apply('startup', (text) => text.replace('failureThreshold: 30', 'failureThreshold: 1'))
      await scene.until('describe pod slow', /Killing\s.*Container slow failed startup probe, will be restarted/)
      await scene.until('get pod slow', /\s[1-9]\d*\s\(/)
    },
    'a pod that is not ready gets no traffic, and is not restarted': async (scene) => {
      await scene.apply('readiness')
      const ready = '.items[*].endpoints[*].conditions.ready'
      await scene.untilValue('endpointslices', ready, /^false$/)
      await scene.until('get pod web', /0\/1\s+Running/)
      await scene.inPod('web', 'touch /tmp/healthy')
      await scene.untilValue('endpointslices', ready, /^true$/)
      await scene.until('get pod web', /1\/1\s+Running\s+0/)
      const page = `http://${await scene.value('service/web', '.spec.clusterIP')}/`
      const read = () => fetch(page).then((answer) => answer.text(), String)
      await eventually(read, (text) => text.includes('version 1'), 'the service answers')
      await scene.inPod('web', 'rm /tmp/healthy')
      await scene.untilValue('endpointslices', ready, /^false$/)
      assert.match(await scene.kubectl('get', 'pod', 'web'), /0\/1\s+Running\s+0/)
    },
    'a grace period of the probe goes before that of the pod': async (scene) => {
      await scene.apply('grace')
      await scene.until('get pod stubborn', /\s[1-9]\d*\s\(/)
      const misplaced = await scene.refusedApply('grace', (text) =>
        text.replace('stubborn }', 'other }').replace('livenessProbe', 'readinessProbe'),
      )
      assert.match(misplaced, /readinessProbe\.terminationGracePeriodSeconds: Invalid value: 1: must not be set for readinessProbes/)
      await scene.kubectl('delete', 'pod', 'stubborn', '--grace-period=1')
    },
    'a command gets one second unless told otherwise, and other fields have their defaults': async (scene) => {
      await scene.apply('timeout')
      await scene.until(
        'describe pod waits',
        /Readiness probe failed: command timed out: .*sleep 30.* timed out after 1s|Readiness probe errored.*timed out|Readiness probe failed:.*timeout/,
      )
      const { initialDelaySeconds, ...probe } = JSON.parse(await scene.value('pod/waits', '.spec.containers[0].readinessProbe'))
      assert.deepEqual(probe, {
        exec: { command: ['sleep', '30'] },
        failureThreshold: 3,
        periodSeconds: 1,
        successThreshold: 1,
        timeoutSeconds: 1,
      })
      assert.equal(initialDelaySeconds, undefined)
      const twice = await scene.refusedApply('exec-liveness', (text) => text.replace('initialDelaySeconds: 1', 'successThreshold: 2'))
      assert.match(twice, /livenessProbe\.successThreshold: Invalid value: 2: must be 1/)
    },
  },
}
