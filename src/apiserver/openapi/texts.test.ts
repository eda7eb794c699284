/** What the fields mean: read from declarations, and packed for a release. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { descriptions, modelsDirectory, textsOfDeclarations } from './texts.ts'

const directory = modelsDirectory()
const skip = directory === undefined ? 'the package with the declarations is not installed' : false

test('a type and its fields have a text; where groups share a name, each its own', { skip }, () => {
  const describe = descriptions()
  assert.match(describe('io.k8s.api.core.v1.ConfigMap') ?? '', /configuration data/)
  assert.match(describe('io.k8s.api.core.v1.Container', 'image') ?? '', /^Container image name/)
  assert.notEqual(describe('io.k8s.api.core.v1.Event', 'reason'), describe('io.k8s.api.events.v1.Event', 'reason'))
  assert.equal(describe('io.k8s.api.core.v1.Container', 'noSuchField'), undefined)
  assert.equal(describe('io.example.v1.Unknown'), undefined)
})

test('ends of lines are found again, and blanks that were written stay', { skip }, () => {
  const describe = descriptions()
  const textOf = (field: string) => describe('io.k8s.api.storage.v1.CSIDriverSpec', field) ?? ''
  assert.match(textOf('storageCapacity'), /set to true\.\n\nThe check can/)
  assert.match(textOf('podInfoOnMount'), /inline volume\n {32}defined by/)
  assert.match(describe('io.k8s.api.flowcontrol.v1.QueuingConfiguration', 'queues') ?? '', /irrelevant\. {2}This field has a default/)
})

test('a release packs the texts of every declaration', { skip }, () => {
  const texts = textsOfDeclarations(directory ?? '')
  assert.match(texts['V1Container']?.['image'] ?? '', /^Container image name/)
  assert(Object.keys(texts).length > 800)
})
