/**
 * The commands that look at things, of the real kubectl and of ours, on servers in the same state: what they print, what
 * they complain about and how they end are equal. Rows that older kubectls answer in other words say since which they hold.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Outcome, realKubectl, startTwins, type Twins } from './kubectl-twins.ts'

type Row = readonly [line: string, sinceMinor?: number]

const runningStatus = {
  status: {
    phase: 'Running',
    hostIP: '10.0.0.1',
    podIP: '10.1.0.9',
    podIPs: [{ ip: '10.1.0.9' }],
    startTime: '2020-01-01T00:00:00Z',
    qosClass: 'Burstable',
    conditions: [
      { type: 'Ready', status: 'True', lastTransitionTime: '2020-01-01T00:00:00Z' },
      { type: 'PodScheduled', status: 'True', lastTransitionTime: '2020-01-01T00:00:00Z' },
    ],
    containerStatuses: [
      {
        name: 'c',
        ready: true,
        restartCount: 2,
        image: 'registry.example.com/shell:v1',
        imageID: 'sha256:1',
        containerID: 'containerd://1',
        state: { running: { startedAt: '2020-01-01T00:00:00Z' } },
        lastState: {
          terminated: {
            exitCode: 3,
            reason: 'Error',
            message: 'broken',
            startedAt: '2020-01-01T00:00:00Z',
            finishedAt: '2020-01-01T00:00:00Z',
            containerID: 'containerd://0',
          },
        },
      },
      {
        name: 'd',
        ready: false,
        restartCount: 0,
        image: 'registry.example.com/shell:v1',
        imageID: '',
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
      },
    ],
  },
}

const nodeStatus = {
  status: {
    capacity: { cpu: '4', memory: '8Gi', 'ephemeral-storage': '10Gi', pods: '110', 'hugepages-2Mi': '0', 'example.com/gpu': '2' },
    allocatable: { cpu: '3900m', memory: '7Gi', 'ephemeral-storage': '9Gi', pods: '110', 'hugepages-2Mi': '0', 'example.com/gpu': '2' },
    addresses: [
      { type: 'InternalIP', address: '10.0.0.1' },
      { type: 'Hostname', address: 'node-1' },
    ],
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'KubeletReady',
        message: 'kubelet is posting ready status',
        lastHeartbeatTime: '2020-01-01T00:00:00Z',
        lastTransitionTime: '2020-01-01T00:00:00Z',
      },
    ],
  },
}

/** Brings both servers into the state that the rows below look at. */
const changes: readonly string[] = [
  'apply -f $DIR/zoo.yaml',
  `patch pod busy -n zoo --subresource=status --type=merge -p ${JSON.stringify(runningStatus)}`,
  `patch node node-1 --subresource=status --type=merge -p ${JSON.stringify(nodeStatus)}`,
]

const described: readonly Row[] = [
  ['describe'],
  ['describe nope'],
  ['describe pod nope -n zoo'],
  ['describe pods -n none'],
  ['describe pods -A -l no=such'],
  ['describe pod full -n zoo', 36],
  ['describe pod busy -n zoo'],
  ['describe pods bus -n zoo', 34],
  ['describe pods -n zoo', 36],
  ['describe node node-1', 34],
  ['describe ns zoo'],
  ['describe ns default'],
  ['describe quota -n zoo'],
  ['describe limits -n zoo'],
  ['describe cm cm -n zoo', 36],
  ['describe cm cm -n zoo --show-events=false', 36],
  ['describe secret sec -n zoo'],
  ['describe sa sa -n zoo', 34],
  ['describe deployments -n zoo', 36],
  ['describe rc -n zoo'],
  ['describe ds -n zoo', 36],
  ['describe sts -n zoo'],
  ['describe job -n zoo', 36],
  ['describe cj -n zoo', 36],
  ['describe pvc -n zoo --show-events=false'],
  ['describe pv --show-events=false'],
  ['describe sc fast'],
  ['describe svc ext headless -n zoo --show-events=false', 34],
  ['describe svc svc -n zoo', 34],
  ['describe svc lb -n zoo', 34],
  ['describe ep eps -n zoo'],
  ['describe endpointslice slice svc-1 -n zoo --show-events=false'],
  ['describe ing -n zoo --show-events=false'],
  ['describe ingressclass ic'],
  ['describe netpol -n zoo'],
  ['describe role role -n zoo'],
  ['describe clusterrole zoocr'],
  ['describe rolebinding rb -n zoo'],
  ['describe clusterrolebinding zoocrb'],
  ['describe pdb -n zoo --show-events=false'],
  ['describe hpa hpa -n zoo'],
  ['describe priorityclass high'],
  ['describe pod/busy cm/cm -n zoo --show-events=false', 34],
  ['describe -f $DIR/zoo.yaml --show-events=false', 36],
]

const asked: readonly Row[] = [
  ['get ev -n none', 34],
  ['get po,ev -n none', 34],
  ['explain'],
  ['explain nope'],
  ['explain pod.spec.nope'],
  ['explain pods'],
  ['explain deploy.spec.strategy'],
  ['explain pod.spec.containers'],
  ['explain cm --recursive'],
  ['explain deployments.apps --recursive'],
  ['explain hpa --api-version=autoscaling/v3'],
  ['explain pod -o x'],
  ['api-resources'],
  ['api-resources -o wide'],
  ['api-resources -o name --sort-by=kind'],
  ['api-resources --namespaced=false --no-headers'],
  ['api-resources --api-group=apps --verbs=list'],
  ['api-resources --sort-by=x'],
  ['api-versions'],
  ['cluster-info'],
  ['version -o x'],
  ['wait', 36],
  ['wait pod/busy -n zoo --for=condition=Ready'],
  ['wait pod/busy -n zoo --for=condition=Ready=False --timeout=0'],
  ['wait pod -n zoo --all --for=condition=Ready --timeout=0'],
  ['wait pod/busy -n zoo --for=jsonpath={.status.phase}=Running'],
  ['wait pod/busy -n zoo --for=jsonpath={.status.podIP}'],
  ['wait pod/busy -n zoo --for=jsonpath={.spec.containers[*].name}=c --timeout=1s'],
  ['wait pod/nope -n zoo --for=condition=Ready'],
  ['wait pod/nope -n zoo --for=delete'],
  ['wait pod/busy -n zoo --for=delete --timeout=1s'],
  ['wait pod -l no=such -n zoo --for=condition=Ready'],
  ['wait pod/busy -n zoo --for=sometime'],
]

const authorized: readonly Row[] = [
  ['auth can-i get pods'],
  ['auth can-i get pods --as=foo'],
  ['auth can-i get pods --as=foo -q'],
  ['auth can-i get nope'],
  ['auth can-i get nope.example.com'],
  ['auth can-i get nodes -n zoo'],
  ['auth can-i get /healthz'],
  ['auth can-i frob pods'],
  ['auth can-i'],
  ['auth can-i --list --as=foo -n zoo', 34],
  ['auth whoami'],
  ['auth whoami -o yaml', 34],
  ['auth reconcile'],
  ['top node'],
  ['top pod'],
  ['events -n none'],
  ['events -n zoo --for=cm/cm'],
  ['events -n zoo --for=cm/cm --types=Warning --no-headers'],
  ['events -n zoo --for=nope/x'],
  ['events --types=x'],
]

const copied: readonly Row[] = [['cp'], ['cp a b'], ['cp a:b c:d'], ['cp :/x y'], ['cp $DIR/zoo.yaml nope:/x'], ['cp $DIR/nope x:/x']]

const connected: readonly Row[] = [
  ['logs'],
  ['logs a b c'],
  ['logs nope -n zoo'],
  ['logs full -n zoo'],
  ['logs full -c nope -n zoo', 34],
  ['logs cm/cm -n zoo'],
  ['logs full -n zoo --tail=-5'],
  ['logs full -n zoo --all-containers -c main'],
  ['logs -l no=such -n zoo'],
  ['logs full -l app=full -n zoo'],
  ['exec', 36],
  ['exec full -n zoo'],
  ['exec full ls -n zoo', 31],
  ['exec nope -n zoo -- ls'],
  ['exec full -c main -n zoo -- ls', 36],
  ['attach full -c main -n zoo', 36],
  ['exec full -c nope -n zoo -- ls', 34],
  ['exec cm/cm -n zoo -- ls'],
  ['attach'],
  ['attach nope -n zoo'],
  ['port-forward'],
  ['port-forward full -n zoo'],
  ['port-forward full 80 -n zoo'],
  ['port-forward busy x -n zoo'],
  ['port-forward busy 80:0 -n zoo'],
  ['port-forward svc/headless 99 -n zoo'],
  ['port-forward svc/svc 80 -n zoo --pod-running-timeout=1s'],
]

const program = realKubectl()
const minor = program === undefined ? 0 : minorOf(program)

describe('kubectl that looks at things', { skip: program === undefined ? 'no kubectl is installed' : false }, () => {
  let twins: Twins

  before(async () => {
    twins = await startTwins(program ?? '', { 'zoo.yaml': readFileSync(join(import.meta.dirname, 'testdata/zoo.yaml'), 'utf8') })
    for (const line of changes) await succeeds(line)
  })
  after(() => twins.close())

  async function succeeds(line: string): Promise<void> {
    const { real, ours } = await twins.run({ words: wordsOf(line) })
    assert.equal(`${real.status}${ours.status}`, '00', `${line}: ${real.stderr}${ours.stderr}`)
  }

  async function isEqual([line]: Row): Promise<void> {
    const { real, ours } = await twins.run({ words: wordsOf(line) })
    assert.deepEqual(byLine(comparable(ours)), byLine(comparable(real)))
  }

  for (const row of [...described, ...asked, ...authorized, ...copied, ...connected]) {
    const [line, sinceMinor = 0] = row
    test(line, { skip: minor < sinceMinor ? `kubectl 1.${minor} says it in other words` : false }, () => isEqual(row))
  }
})

/** So that a failure shows the lines that differ. */
function byLine({ stdout, stderr, status }: Outcome) {
  return { stdout: stdout.split('\n'), stderr: stderr.split('\n'), status }
}

/** The JSON of a patch holds spaces in its texts: it is one word, the last one. */
function wordsOf(line: string): readonly string[] {
  const brace = line.indexOf(' {"')
  return brace < 0 ? line.split(' ') : [...line.slice(0, brace).split(' '), line.slice(brace + 1)]
}

/** Objects of the two servers are not of one second; the width of a column may depend on it. */
function comparable({ stdout, stderr, status }: Outcome): Outcome {
  const cleaned = (text: string) =>
    text
      .replaceAll(/\w{3}, \d\d \w{3} 20\d\d [\d:]{8} \+\d{4}/g, 'LONG-TIME')
      .replaceAll(/\d{4}-\d\d-\d\d [\d:]{8} \+\d{4} \w+/g, 'GO-TIME')
      .replaceAll(/\bAGE +/g, 'AGE ')
  return { stdout: cleaned(stdout), stderr: cleaned(stderr), status }
}

/** `kubectl` may choose its version by the server's: what it says of itself does not tell. */
function minorOf(kubectl: string): number {
  const text = execFileSync(kubectl, ['version', '--client', '-o', 'json'], { encoding: 'utf8' })
  const { clientVersion }: { readonly clientVersion?: { readonly minor?: string } } = JSON.parse(text)
  return Number.parseInt(clientVersion?.minor ?? '0', 10)
}
