/**
 * The commands that make and change things: each line runs with the kubectl of the path and with ours, against servers in the
 * same state; what they print and their exit status must be equal. Lines build on those before them in their group.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { manifests } from './kubectl-manifests.ts'
import { type Invocation, realKubectl, startTwins, type Twins } from './kubectl-twins.ts'

/** `NAME=value` before the words sets a variable, `< FILE` behind them is standard input, $DIR holds the manifests. */
const groups: Readonly<Record<string, string>> = {
  'create: what each subcommand makes': `
    create ns n1
    create ns n1
    create ns n2 --dry-run=client -o yaml
    create ns n2 --dry-run=server
    create ns n2 --dry-run=foo
    create ns a b
    create cm c1 --from-literal=a=b --from-literal=c=d
    create cm c1 --from-literal=a=b
    create cm c1 -n nope --from-literal=a=b
    create cm c2 --from-literal=a=b --from-literal=a=d
    create cm c2 --from-literal=a
    create cm c2 --from-literal=a%=b
    create cm c2 --from-file=$DIR/nope
    create cm c2 --from-file=$DIR/columns --from-file=x=$DIR/path -o yaml --dry-run=client
    create cm c2 --from-env-file=$DIR/settings.env -o json
    create cm c3 --from-env-file=$DIR/settings.env --from-literal=a=b
    create cm c4 --append-hash --from-literal=a=b
    create secret generic s1 --from-literal=a=b
    create secret generic s2 --append-hash --from-literal=a=b --type=example.com/login -o yaml
    create secret docker-registry d1 --docker-username=a --docker-password=b --docker-email=c -o yaml
    create secret docker-registry d1 --docker-username=a
    create secret tls t1 --cert=a --key=b
    create sa r1
    create deployment web --image=nginx
    create deployment w2 --image=a/b:1 --image=c@sha256:abc --replicas=3 --port=80 --dry-run=client -o yaml
    create deployment w2 --image=busybox,b -- date foo
    create deployment W2 --image=busybox
    create job j1 --image=busybox -- echo hi
    create job j2 --image=b --from=cronjob/x
    create cronjob cj1 --image=busybox --schedule='*/1 * * * *' -- date
    create cronjob cj2 --image=busybox --schedule=x
    create job j3 --from=cronjob/cj1 -o yaml
    create svc clusterip sv3 --tcp=80:http --dry-run=client -o yaml
    create svc clusterip sv3 --tcp=100000
    create svc nodeport sv4 --tcp=80 --node-port=30080 --dry-run=client -o yaml
    create svc externalname sv6 --external-name=foo.bar
    create role ro1 --verb=get,list --resource=pods,deployments --resource=pods/log -o yaml
    create role ro2 --verb=get --resource=foos
    create role ro2 --verb=frob --resource=pods
    create clusterrole cr2 --verb=get --non-resource-url=/logs/*,/healthz -o yaml
    create clusterrole cr3 --aggregation-rule=a=b -o yaml
    create rolebinding rb1 --clusterrole=admin --user=u --group=g --serviceaccount=a:b -o yaml
    create rolebinding rb2 --role=x --clusterrole=y
    create clusterrolebinding crb1 --clusterrole=x --user=u
    create quota q2 --hard=cpu=1,memory=1024Mi --scopes=BestEffort --dry-run=client -o yaml
    create quota q2 --hard=cpu=x
    create pc p3 --value=10 --description=important --dry-run=client -o yaml
    create pdb b2 --selector=a=b,c --min-available=50% --dry-run=client -o yaml
    create pdb b2 --selector=a=b --min-available=1 --max-unavailable=1
    create ingress i2 --rule=foo.com/bar*=svc1:http --rule=foo.com/=s2:1 --rule=x/=s2:1,tls --annotation=a=b -o yaml
    create ingress i3 --rule=foo
    create token nope
    create foo
    create secret foo x`,

  'what is wrong with files': `
    apply -f $DIR/nope.yaml
    apply -f $DIR/tab.yaml
    apply -f $DIR/dup.yaml
    apply -f $DIR/unknown.yaml
    apply -f $DIR/unknown.yaml --validate=warn --dry-run=server
    apply -f $DIR/unknown.yaml --validate=foo
    apply -f $DIR/wrong.yaml
    apply -f $DIR/group.yaml
    apply -f $DIR/twobad.yaml
    apply -f $DIR/threebad.yaml
    apply -f $DIR/noname.yaml
    apply -f $DIR/gen.yaml
    apply -f $DIR/list.yaml
    apply -f $DIR/empty.yaml
    apply -f $DIR/scalar.yaml
    apply
    apply -f $DIR/cm.yaml foo
    create -f $DIR/two.yaml
    create -f $DIR/two.yaml
    create -f $DIR/two.yaml -l x=w -n kube-system
    replace -f $DIR/new.yaml`,

  'apply, by the client and by the server': `
    apply -f - < cm.yaml
    apply -f $DIR/cm.yaml
    apply -f $DIR/cm2.yaml --dry-run=client
    apply -f $DIR/cm2.yaml --dry-run=server -o yaml
    apply -f $DIR/cm2.yaml
    apply -f $DIR/cm.yaml -n nope
    apply view-last-applied cm c1
    apply view-last-applied cm c1 -o json
    apply view-last-applied cm nope
    apply set-last-applied -f $DIR/cm.yaml
    apply set-last-applied -f $DIR/cm3.yaml
    KUBE_EDITOR=true apply edit-last-applied cm c1
    apply -f $DIR/cm.yaml --server-side
    get cm c1 --show-managed-fields -o jsonpath={.metadata.managedFields[?(@.operation=="Apply")].manager}
    apply -f $DIR/cm2.yaml --server-side --field-manager=other
    apply -f $DIR/cm2.yaml --server-side --field-manager=other --force-conflicts
    apply -f $DIR/cm2.yaml --force-conflicts
    apply -f $DIR/cm2.yaml --server-side --dry-run=client
    apply -f $DIR/dep.yaml
    apply -f $DIR/dep.yaml
    apply -f $DIR/dep2.yaml
    get deployment d1 -o jsonpath={.spec.template.spec.containers}{.metadata.labels}
    create cm plain --from-literal=a=b
    apply -f $DIR/plain.yaml
    apply -f $DIR/plain.yaml
    KUBECTL_EXTERNAL_DIFF=true diff -f $DIR/cm.yaml
    diff`,

  'patch, label, annotate, edit': `
    apply -f $DIR/cm.yaml
    apply -f $DIR/dep.yaml
    patch cm c1 -p '{"data":{"a":"x"}}'
    patch cm c1 -p '{"data":{"a":"x"}}'
    patch cm c1 -p '{"foo":"x"}'
    patch cm c1
    patch cm c1 -p '{}' --type=foo
    patch cm c1 --type=json -p '[{"op":"replace","path":"/data/a","value":"z"}]'
    patch cm c1 --type=json -p '[{"op":"replace","path":"/nope/a","value":"z"}]'
    patch cm c1 -p '{"data":{"q":"1"}}' --dry-run=client -o yaml
    patch cm c1 --patch-file=$DIR/patch.yaml
    patch deployment d1 --subresource=scale --type=merge -p '{"spec":{"replicas":5}}'
    patch -f $DIR/cm.yaml -p '{"data":{"a":"local"}}' --local -o yaml
    label cm c1 a=b
    label cm c1 a=c
    label cm c1 a=c --overwrite
    label cm c1 --list
    label cm c1 a-
    label cm c1 a=b a-
    label cm c1
    label cm c1 a=b=c
    label cm c1 q=1 --resource-version=1
    label -f $DIR/cm.yaml f=g --local -o yaml
    annotate cm c1 a=b
    annotate cm c1 a=c
    annotate cm c1 x=y x-
    annotate cm nope a=b
    KUBE_EDITOR=true edit cm c1
    KUBE_EDITOR=false edit cm c1
    KUBE_EDITOR='sed -i s/z$/edited/' edit cm c1
    edit cm nope
    replace -f $DIR/cm.yaml
    replace -f $DIR/cm.yaml --force
    replace`,

  'set, scale, rollout, run, expose, autoscale': `
    create deployment web --image=nginx --port=80
    apply -f $DIR/pod.yaml
    set image deployment/web nginx=nginx:2
    set image deployment/web foo=nginx:3
    set image deployment/web
    set image -f $DIR/pod.yaml a=foo --local -o yaml
    set env deployment/web A=B
    set env deployment/web --list
    set env deployment/web A-
    set resources deployment web --limits=cpu=200m,memory=512Mi --requests=cpu=100m
    set resources deployment web --limits=cpu=x
    set serviceaccount deployment web r1
    set selector deployment web a=b
    set foo
    scale deployment web --replicas=3
    scale deployment web --replicas=4 --current-replicas=2
    scale deployment web --replicas=2 --dry-run=server
    rollout status deployment web --watch=false
    rollout pause deployment web
    rollout pause deployment web
    rollout restart deployment web
    rollout resume deployment web
    rollout restart deployment web
    rollout history deployment web
    rollout undo deployment web
    rollout foo
    run p1 --image=nginx
    run p1 --image=nginx
    run p2 --image=nginx --port=80 --env=A=B --labels=x=y,z=w --dry-run=client -o yaml
    run p2 --image=nginx --restart=Never --command --dry-run=client -o yaml -- sleep 10
    run p2 --image=nginx --overrides='{"spec":{"nodeName":"foo"}}' --dry-run=client -o yaml
    run p2 --image=nginx --rm
    run p2 --image=nginx --restart=Foo
    run p5 --image=nginx --attach --dry-run=client
    expose deployment web
    expose deployment web
    expose deployment web --name=w2 --port=80,81 --target-port=8080 --type=NodePort --dry-run=client -o yaml
    expose pod p0 --port=90 --name=foo
    autoscale deployment web --min=5 --max=1
    autoscale deployment nope --max=1`,

  'nodes and deletions': `
    apply -f $DIR/node.yaml
    cordon node1
    cordon node1
    uncordon node1
    cordon nope
    cordon
    taint node node1 a=b:NoSchedule
    taint node node1 a=b:NoSchedule
    taint node node1 a=c:NoSchedule --overwrite
    taint node node1 a-
    taint node node1 nope-
    taint node node1 a=b:Foo
    apply -f $DIR/npod.yaml
    drain node1 --delete-emptydir-data --force --dry-run=client
    drain node1 --delete-emptydir-data --force --grace-period=0
    create cm a1
    create cm a2
    delete cm a1
    delete cm a1
    delete cm a1 --ignore-not-found
    delete cm/a1 cm/a2
    delete cm
    delete --all
    delete foo bar
    delete cm a2 --cascade=foo
    delete cm a2 --now --grace-period=4
    delete cm --all --dry-run=server
    delete -f $DIR/list.yaml
    delete cm -l x=y
    delete cm a -l x=y
    delete cm//a
    delete cm a1 --foo
    foobar
    get pods --foo
    get cm -z
    get cm a1 --output`,

  config: `
    config view
    config view --minify -o jsonpath={.clusters[*].name}
    config get-contexts
    config get-contexts nope
    config get-clusters
    config set-cluster c1 --server=https://1.2.3.4 --insecure-skip-tls-verify=true
    config set-credentials u1 --username=a --password=b --token=c
    config set-credentials u2 --exec-command=foo --exec-api-version=client.authentication.k8s.io/v1 --exec-arg=a --exec-env=K=V
    config set-context x1 --cluster=c1 --user=u2 --namespace=foo
    config use-context x1
    config use-context nope
    config rename-context x1 x2
    config set contexts.test.namespace bar
    config unset contexts.test.namespace
    config set foo.bar x
    config view
    config delete-context x2
    config delete-cluster c9
    config unset current-context
    config current-context
    config foo`,
}

const program = realKubectl()

describe('kubectl and ours', { skip: program === undefined ? 'no kubectl is installed' : false }, () => {
  for (const [title, lines] of Object.entries(groups)) {
    describe(title, () => {
      let twins: Twins

      before(async () => {
        twins = await startTwins(program ?? '', manifests)
      })

      after(() => twins.close())

      for (const line of lines.trim().split('\n')) {
        test(line.trim(), async () => {
          const { real, ours } = await twins.run(invocationOf(line.trim()))
          assert.deepEqual(ours, real)
        })
      }
    })
  }
})

/** Single quotes hold words together. */
function invocationOf(line: string): Invocation {
  const words = [...line.matchAll(/(?:[^\s']|'[^']*')+/g)].map(([word]) => word.replaceAll("'", ''))
  const input = words.indexOf('<')
  const env: Record<string, string> = {}
  for (const word of words.slice(0, 1)) {
    const [, name, value] = /^([A-Z_]+)=(.*)$/s.exec(word) ?? []
    if (name !== undefined && value !== undefined) env[name] = value
  }
  const plain = words.slice(Object.keys(env).length, input < 0 ? undefined : input)
  const stdin = input < 0 ? undefined : manifests[words[input + 1] ?? '']
  return { words: plain, env, ...(stdin === undefined ? {} : { stdin }) }
}
