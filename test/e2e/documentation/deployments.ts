/** The page "Deployments". */
import assert from 'node:assert/strict'
import { eventually } from '../test-cluster.ts'
import { type Page, rowsOf, type Scene } from './scene.ts'

const deployment = 'deployment/nginx-deployment'
const missingImage = 'nginx=navarch.dev/nginx:v161'
const withReplicas = (count: number) => (text: string) => text.replace('replicas: 3', `replicas: ${count}`)
const withSpec = (line: string) => (text: string) => text.replace('spec:\n', `spec:\n  ${line}\n`)

export const deployments: Page = {
  folder: 'deployments',
  examples: {
    'creating one brings up a ReplicaSet and its pods': async (scene) => {
      assert.equal(await scene.apply('nginx-deployment'), 'deployment.apps/nginx-deployment created\n')
      assert.match(await scene.kubectl('rollout', 'status', deployment), /^deployment "nginx-deployment" successfully rolled out$/m)
      assert.deepEqual(rowsOf(await scene.kubectl('get', 'deployments'))[0]?.slice(0, 4), ['nginx-deployment', '3/3', '3', '3'])
      const [replicaSet = []] = rowsOf(await scene.kubectl('get', 'rs'))
      const hash = /^nginx-deployment-([a-z0-9]+)$/.exec(replicaSet[0] ?? '')?.[1]
      assert.deepEqual(replicaSet.slice(1, 4), ['3', '3', '3'])
      for (const row of rowsOf(await scene.kubectl('get', 'pods', '--show-labels'))) {
        assert.match(row[0] ?? '', new RegExp(`^nginx-deployment-${hash}-[a-z0-9]{5}$`))
        assert.equal(row.at(-1), `app=nginx,pod-template-hash=${hash}`)
      }
    },
    'updating one replaces its pods a few at a time': async (scene) => {
      await rolledOut(scene)
      using counts = scene.start(
        'get',
        deployment,
        '--watch',
        '-o',
        String.raw`jsonpath={.status.replicas} {.status.availableReplicas}{"\n"}`,
      )
      assert.equal(
        await scene.kubectl('set', 'image', deployment, 'nginx=navarch.dev/nginx:v2'),
        'deployment.apps/nginx-deployment image updated\n',
      )
      assert.match(await scene.kubectl('rollout', 'status', deployment), /successfully rolled out/)
      for (const line of counts.output.text.trim().split('\n')) {
        const [all, available] = line.split(' ').map(Number)
        assert((all ?? 0) <= 4 && (available ?? 0) >= 3, `three of at most four pods are available at any time: ${line}`)
      }
      const replicaSets = rowsOf(await scene.kubectl('get', 'rs', '--sort-by=.metadata.creationTimestamp'))
      assert.deepEqual(replicaSets.map((row) => row.slice(1, 4)).toSorted(), [
        ['0', '0', '0'],
        ['3', '3', '3'],
      ])
      const described = await scene.kubectl('describe', 'deployments')
      assert.match(described, /StrategyType:\s+RollingUpdate/)
      assert.match(described, /RollingUpdateStrategy:\s+25% max unavailable, 25% max surge/)
      for (const change of ['up .* from 0 to 3', 'up .* from 0 to 1', 'down .* from 3 to 2', 'up .* from 1 to 2', 'down .* from 1 to 0'])
        assert.match(described, new RegExp(`ScalingReplicaSet.*Scaled ${change}`))
    },
    'a rollover gives up the rollout that is under way': async (scene) => {
      await scene.apply('nginx-deployment', withReplicas(5))
      await scene.kubectl('set', 'image', deployment, missingImage)
      await scene.until('get rs', /nginx-deployment-\w+\s+[1-9]\d*\s+[1-9]\d*\s+0 /)
      await scene.kubectl('set', 'image', deployment, 'nginx=navarch.dev/nginx:v2')
      assert.match(await scene.kubectl('rollout', 'status', deployment), /successfully rolled out/)
      const replicaSets = rowsOf(await scene.kubectl('get', 'rs', '-o', 'wide')).map((row) => [row[1], row[6]])
      assert.deepEqual(replicaSets.toSorted(), [
        ['0', 'navarch.dev/nginx:v1'],
        ['0', 'navarch.dev/nginx:v161'],
        ['5', 'navarch.dev/nginx:v2'],
      ])
    },
    'a selector cannot be changed, and has to fit the template': async (scene) => {
      await scene.apply('nginx-deployment')
      const changed = await scene.refusedApply('nginx-deployment', (text) => text.replaceAll('{ app: nginx }', '{ app: other }'))
      assert.match(changed, /spec\.selector: Invalid value: .*: field is immutable/)
      const unfit = await scene.refusedApply('nginx-deployment', (text) =>
        text.replace('nginx-deployment', 'second').replace('matchLabels: { app: nginx }', 'matchLabels: { app: x }'),
      )
      assert.match(unfit, /spec\.template\.metadata\.labels: Invalid value: .*: `selector` does not match template `labels`/)
    },
    'rolling back to an earlier revision': rollsBack,
    scaling: async (scene) => {
      await scene.apply('nginx-deployment')
      assert.equal(await scene.kubectl('scale', deployment, '--replicas=6'), 'deployment.apps/nginx-deployment scaled\n')
      await scene.until('get deployments', /nginx-deployment\s+6\/6\s+6\s+6/)
      assert.match(await scene.kubectl('rollout', 'history', deployment), /\n1 [^\n]*\n+$/, 'scaling makes no revision')
    },
    'scaling in the middle of a rollout is shared out in proportion': async (scene) => {
      await scene.apply('proportional')
      await scene.kubectl('rollout', 'status', deployment)
      await scene.kubectl('set', 'image', deployment, 'sh=navarch.dev/shell:sometag')
      await scene.until('get rs', /nginx-deployment-\w+\s+5\s+5\s+0 /)
      await scene.until('get rs', /nginx-deployment-\w+\s+8\s+8\s+8 /)
      await scene.kubectl('scale', deployment, '--replicas=15')
      await scene.until('get rs', /nginx-deployment-\w+\s+7\s+7\s+0 /)
      await scene.until('get rs', /nginx-deployment-\w+\s+11\s+11\s+11 /)
      assert.match(await scene.kubectl('get', 'deploy'), /nginx-deployment\s+11\/15\s+7\s+11/)
    },
    'pausing and resuming a rollout': async (scene) => {
      await rolledOut(scene)
      assert.equal(await scene.kubectl('rollout', 'pause', deployment), 'deployment.apps/nginx-deployment paused\n')
      await scene.kubectl('set', 'image', deployment, 'nginx=navarch.dev/nginx:v2')
      assert.match(
        await scene.kubectl('set', 'resources', deployment, '-c=nginx', '--limits=cpu=200m,memory=64Mi'),
        /resource requirements updated/,
      )
      await scene.untilValue(deployment, '.status.conditions[?(@.type=="Progressing")].reason', /^DeploymentPaused$/)
      assert.match(await scene.kubectl('rollout', 'history', deployment), /\n1 [^\n]*\n+$/)
      assert.equal(rowsOf(await scene.kubectl('get', 'rs')).length, 1)
      assert.match(await scene.refused('rollout', 'undo', deployment, '--to-revision=1'), /cannot rollback a paused deployment/)
      assert.equal(await scene.kubectl('rollout', 'resume', deployment), 'deployment.apps/nginx-deployment resumed\n')
      assert.match(await scene.kubectl('rollout', 'status', deployment), /successfully rolled out/)
      assert.match(await scene.kubectl('describe', deployment), /Limits:\s+cpu:\s+200m\s+memory:\s+64Mi/)
      assert.match(await scene.kubectl('rollout', 'history', deployment), /\n1 [^\n]*\n2 [^\n]*\n+$/, 'two changes, one rollout')
    },
    'a rollout that does not get on is called failed': async (scene) => {
      await rolledOut(scene)
      assert.equal(
        await scene.kubectl('patch', deployment, '-p', '{"spec":{"progressDeadlineSeconds":3}}'),
        'deployment.apps/nginx-deployment patched\n',
      )
      await scene.kubectl('set', 'image', deployment, missingImage)
      const { status, stderr } = await scene.outcome('rollout', 'status', deployment)
      assert.deepEqual([status, stderr], [1, 'error: deployment "nginx-deployment" exceeded its progress deadline\n'])
      assert.match(
        await scene.kubectl('describe', deployment),
        /Available\s+True\s+MinimumReplicasAvailable\n\s+Progressing\s+False\s+ProgressDeadlineExceeded/,
      )
      const message = await scene.value(deployment, '.status.conditions[?(@.type=="Progressing")].message')
      assert.match(message, /^ReplicaSet "nginx-deployment-\w+" has timed out progressing\.$/)
    },
    'pods that a limit forbids are a condition, and come when it is gone': async (scene) => {
      await scene.apply('limits')
      await scene.apply('nginx-deployment', (text) => text.replace('ports:', 'resources: { limits: { memory: 64Mi } }\n          ports:'))
      await scene.untilValue(deployment, '.status.conditions[?(@.type=="ReplicaFailure")].reason', /^FailedCreate$/)
      assert.match(await scene.kubectl('describe', deployment), /ReplicaFailure\s+True\s+FailedCreate/)
      const message = await scene.value(deployment, '.status.conditions[?(@.type=="ReplicaFailure")].message')
      assert.match(message, /is forbidden: maximum memory usage per Container is 32Mi, but limit is 64Mi/)
      await scene.kubectl('delete', 'limitrange', 'small-ones')
      await scene.until('get deployments', /nginx-deployment\s+3\/3/)
      await scene.untilValue(deployment, '.status.conditions[?(@.type=="Progressing")].reason', /^NewReplicaSetAvailable$/)
      assert.equal(await scene.value(deployment, '.status.conditions[?(@.type=="ReplicaFailure")].reason'), '')
    },
    'a history limit of zero keeps no ReplicaSet to go back to': async (scene) => {
      await scene.apply('nginx-deployment', withSpec('revisionHistoryLimit: 0'))
      await scene.kubectl('rollout', 'status', deployment)
      await scene.kubectl('set', 'image', deployment, 'nginx=navarch.dev/nginx:v2')
      await scene.kubectl('rollout', 'status', deployment)
      await scene.until('get rs -o name', /^replicaset\.apps\/\S+\n$/)
      assert.match(await scene.refused('rollout', 'undo', deployment), /no rollout history found for deployment/)
    },
    'Recreate ends all old pods before it makes new ones': async (scene) => {
      await scene.apply('nginx-deployment', withSpec('strategy: { type: Recreate }'))
      await scene.kubectl('rollout', 'status', deployment)
      await scene.kubectl('set', 'image', deployment, 'nginx=navarch.dev/nginx:v2')
      await scene.kubectl('rollout', 'status', deployment)
      assert.match(await scene.kubectl('describe', deployment), /Scaled down \S+ \S+ \S+ from 3 to 0\n.*Scaled up \S+ \S+ \S+ from 0 to 3/)
    },
    'minReadySeconds holds back what is ready from being available': async (scene) => {
      await scene.apply('nginx-deployment', withSpec('minReadySeconds: 4'))
      await scene.until('get deployments', /nginx-deployment\s+3\/3\s+3\s+0/)
      await scene.until('get deployments', /nginx-deployment\s+3\/3\s+3\s+3/)
    },
    'a canary stands beside the stable release behind one service': async (scene) => {
      await scene.apply('canary')
      for (const name of ['stable', 'canary']) await scene.kubectl('rollout', 'status', `deployment/${name}`)
      await scene.untilValue('endpointslices', '.items[*].endpoints[*].conditions.ready', /^true true true true$/)
      const address = await scene.value('service/web', '.spec.clusterIP')
      const pages = () => scene.inPod('deploy/stable', `for i in $(seq 40); do wget -q -O - http://${address}/; done`)
      await eventually(pages, (text) => text.includes('version 1') && text.includes('version 2'), 'both versions answer')
    },
  },
}

async function rolledOut(scene: Scene): Promise<void> {
  await scene.apply('nginx-deployment')
  await scene.kubectl('rollout', 'status', deployment)
}

async function rollsBack(scene: Scene): Promise<void> {
  await rolledOut(scene)
  await scene.kubectl('annotate', deployment, 'kubernetes.io/change-cause=version one')
  await scene.kubectl('set', 'image', deployment, 'nginx=navarch.dev/nginx:v2')
  await scene.kubectl('rollout', 'status', deployment)
  await scene.kubectl('annotate', deployment, 'kubernetes.io/change-cause=version two')
  await scene.kubectl('set', 'image', deployment, missingImage)
  using waiting = scene.start('rollout', 'status', deployment)
  await eventually(
    async () => waiting.output.text,
    (text) => text.includes('Waiting for deployment "nginx-deployment" rollout to finish: 1 out of 3 new replicas have been updated...'),
    'rollout status waits',
  )
  await scene.until('get pods', /0\/1\s+(ErrImagePull|ImagePullBackOff)/)
  await scene.until('get rs', /nginx-deployment-\w+\s+1\s+1\s+0 /)
  await scene.untilValue(deployment, '.metadata.annotations', /"deployment.kubernetes.io\/revision":"3"/)
  assert.match(
    await scene.kubectl('rollout', 'history', deployment),
    /REVISION\s+CHANGE-CAUSE\n1\s+version one\n2\s+version two\n3\s+version two\n/,
  )
  assert.match(await scene.kubectl('rollout', 'history', deployment, '--revision=2'), /Image:\s+navarch\.dev\/nginx:v2/)
  assert.equal(await scene.kubectl('rollout', 'undo', deployment), 'deployment.apps/nginx-deployment rolled back\n')
  await scene.kubectl('rollout', 'status', deployment)
  assert.match(await scene.kubectl('get', deployment, '-o', 'wide'), /3\/3\s+3\s+3\s+.*navarch\.dev\/nginx:v2/)
  assert.equal(await scene.kubectl('rollout', 'undo', deployment, '--to-revision=1'), 'deployment.apps/nginx-deployment rolled back\n')
  await scene.kubectl('rollout', 'status', deployment)
  assert.match(
    await scene.kubectl('describe', deployment),
    /deployment\.kubernetes\.io\/revision: 5\n(.*\n)*.*Image:\s+navarch\.dev\/nginx:v1\n/,
  )
  assert.match(await scene.refused('rollout', 'undo', deployment, '--to-revision=99'), /unable to find specified revision 99 in history/)
}
