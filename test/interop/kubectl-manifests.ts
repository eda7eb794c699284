/** The manifests and other files that the golden command lines name, by file name. */

export const manifests: Readonly<Record<string, string>> = {
  'cm.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: c1 }
data: { a: b }
`,
  'cm2.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: c1 }
data: { a: changed }
`,
  'cm3.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: c3 }
data: { a: b }
`,
  'new.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: new1 }
data: { a: b }
`,
  'two.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: t1 }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: t2, labels: {x: w} }
`,
  'tab.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
	name: x
`,
  'dup.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: x }
data: { a: b }
data: { c: d }
`,
  'unknown.yaml': `apiVersion: v1
kind: Pod
metadata: { name: x }
spec: { containers: [ {name: a, image: b, imagee: c} ], foo: bar }
`,
  'wrong.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: x }
spec: { replicas: three, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [ { name: a, image: b} ]}}}
`,
  'group.yaml': `apiVersion: foo.example/v1
kind: Foo
metadata: { name: x, namespace: q }
`,
  'twobad.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: good }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: Bad_Name }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: good2 }
`,
  'threebad.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: good5 }
---
kind: ConfigMap
metadata: { name: nover }
---
foo: [
`,
  'noname.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { labels: {a: b} }
`,
  'gen.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { generateName: gen- }
`,
  'list.yaml': `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: { name: l1 }
- apiVersion: v1
  kind: ConfigMap
  metadata: { name: l2, namespace: kube-system }
`,
  'empty.yaml': '\n',
  'scalar.yaml': 'hello\n',
  'dep.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: d1, labels: {x: y1} }
spec: { replicas: 2, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [ { name: a, image: b, env: [{name: A, value: "1"}, {name: B, value: "2"}], ports: [{containerPort: 80}]} ]}}}
`,
  'dep2.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: d1, labels: {z: q} }
spec: { replicas: 2, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [ { name: a, image: b2, env: [{name: B, value: "2"}], ports: [{containerPort: 80}]} ]}}}
`,
  'plain.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: plain }
data: { a: c }
`,
  'patch.yaml': 'data: {pf: "1"}\n',
  'pod.yaml': `apiVersion: v1
kind: Pod
metadata: { name: p0, labels: {app: p0} }
spec: { containers: [ { name: a, image: b, ports: [{containerPort: 80}]}, {name: c, image: d } ] }
`,
  'rc.yaml': `apiVersion: v1
kind: ReplicationController
metadata: { name: rc1 }
spec: { replicas: 1, selector: { app: rc1 }, template: { metadata: { labels: { app: rc1 } }, spec: { containers: [ { name: a, image: b, ports: [{containerPort: 80}, {containerPort: 81}] } ] } } }
`,
  'node.yaml': `apiVersion: v1
kind: Node
metadata: { name: node1 }
`,
  'npod.yaml': `apiVersion: v1
kind: Pod
metadata: { name: np, labels: {app: p0} }
spec: { nodeName: node1, containers: [ { name: a, image: b} ], volumes: [ {name: e, emptyDir: {} } ] }
`,
  'settings.env': `# comment
A=1
 B=two words
`,
  columns: `NAME A
.metadata.name .data.a
`,
  path: '{.items[*].metadata.name}',
}
