import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseGoTemplate } from './go-template.ts'

const data = { name: 'web', count: 2, labels: { b: '2', a: '1' }, items: [{ n: 'x' }, { n: 'y' }], empty: [] }

for (const [template, want] of [
  ['{{.name}}', 'web'],
  ['{{.nope}}', '<no value>'],
  ['{{.labels}}', 'map[a:1 b:2]'],
  ['{{range .items}}{{.n}},{{end}}', 'x,y,'],
  ['{{range.items}}{{.n}}{{end}}', 'xy'],
  ['{{range $k, $v := .labels}}{{$k}}={{$v}};{{end}}', 'a=1;b=2;'],
  ['{{range .empty}}x{{else}}none{{end}}', 'none'],
  ['{{if .name}}yes{{else}}no{{end}}', 'yes'],
  ['{{if eq .name "db"}}a{{else if eq .name "web"}}b{{end}}', 'b'],
  ['{{with .labels}}{{.a}}{{end}}', '1'],
  ['{{printf "%s-%d" .name .count}}', 'web-2'],
  ['{{len .items}}{{"\\n"}}', '2\n'],
  ['{{index .labels "a"}}', '1'],
  ['{{(index .items 0).n}}', 'x'],
  ['{{$x := .name}}{{$x | printf "<%s>"}}', '<web>'],
  ['a {{- .name -}} b', 'aweb' + 'b'],
  ['{{/* nothing */}}{{.name}}', 'web'],
] as const) {
  test(`go-template ${template}`, () => assert.equal(parseGoTemplate(template)(data), want))
}

for (const broken of ['{{.name', '{{if .name}}x', '{{end}}']) {
  test(`go-template refuses ${broken}`, () => assert.throws(() => parseGoTemplate(broken)(data)))
}
