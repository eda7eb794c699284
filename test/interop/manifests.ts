/** What every foreign client creates: a pod to talk to, and a Deployment without pods to patch. */

export const talkerPod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'talker', labels: { app: 'talker' } },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [{ name: 'sh', image: 'navarch.dev/shell:v1', command: ['sh', '-c', 'echo ready; while :; do sleep 1; done'] }],
  },
}

export const idleDeployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'idle', labels: { app: 'idle' }, annotations: { colour: 'red' } },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: 'idle' } },
    template: { metadata: { labels: { app: 'idle' } }, spec: { containers: [{ name: 'sh', image: 'navarch.dev/shell:v1' }] } },
  },
}

/** One patch of each sort against the Deployment, to be sent in this order. */
export const patches = {
  json: [
    { op: 'test', path: '/metadata/annotations/colour', value: 'red' },
    { op: 'replace', path: '/metadata/annotations/colour', value: 'green' },
  ],
  merge: { metadata: { annotations: { colour: null, size: 'large' } } },
  strategic: { spec: { template: { spec: { containers: [{ name: 'second', image: 'navarch.dev/nginx:v1' }] } } } },
}
