import assert from 'node:assert/strict'
import { test } from 'node:test'
import { goJson, indented } from './go-json.ts'

for (const [why, value, want] of [
  ['what HTML would trip over is escaped', { a: '<b>&\u2028' }, '{"a":"\\u003cb\\u003e\\u0026\\u2028"}'],
  ['keys like indexes stand in text order', { data: { 9: 'x', 10: 'y', a: 'z' } }, '{"data":{"10":"y","9":"x","a":"z"}}'],
  ['fields keep their order beside such keys', { z: 1, a: { 2: 1, 1: 2 } }, '{"z":1,"a":{"1":2,"2":1}}'],
  ['half a character is none', ['\ud800x', '\\ud800'], '["\ufffdx","\\\\ud800"]'],
  ['absent members are not written', { 1: undefined, 2: [undefined] }, '{"2":[null]}'],
] as const) {
  test(`goJson: ${why}`, () => assert.equal(goJson(value), want))
}

for (const value of [{}, [], { a: {}, b: [], c: [1, { d: 'x:,{}[]"\\' }] }, 'x', 1]) {
  test(`indented: as JSON.stringify sets out ${JSON.stringify(value)}`, () =>
    assert.equal(indented(JSON.stringify(value)), JSON.stringify(value, undefined, 2)))
}
