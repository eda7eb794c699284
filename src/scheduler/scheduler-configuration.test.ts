import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigFileError } from '#component/config-file'
import { defaultProfile } from './profile-config.ts'
import { schedulerConfiguration } from './scheduler-configuration.ts'

const names = (plugins: readonly { readonly name: string }[] | undefined) => plugins?.map(({ name }) => name)

test("an empty configuration is upstream's", () => {
  const { profiles, backoff, election } = schedulerConfiguration({})
  assert.deepEqual(profiles, [defaultProfile])
  assert.deepEqual(backoff, { initialMs: 1000, maxMs: 10_000 })
  assert.equal(election.leaseDurationMs, 15_000)
})

test('plugins are turned off and on, and get weights', () => {
  const { profiles } = schedulerConfiguration({
    profiles: [
      {
        schedulerName: 'packed',
        plugins: {
          multiPoint: { disabled: [{ name: 'ImageLocality' }] },
          score: { disabled: [{ name: '*' }], enabled: [{ name: 'NodeResourcesFit', weight: 7 }] },
        },
      },
    ],
  })
  const [profile] = profiles
  assert.deepEqual(profile?.scores, [{ name: 'NodeResourcesFit', weight: 7 }])
  assert.equal(names(profile?.filters)?.includes('ImageLocality'), false)
  assert.equal(names(profile?.filters)?.includes('TaintToleration'), true)
})

for (const [why, document, message] of [
  [
    'a plugin that does not exist',
    { profiles: [{ plugins: { filter: { enabled: [{ name: 'Nope' }] } } }] },
    /profiles\[0\].plugins.filter: Nope does not exist/,
  ],
  [
    'two profiles of one name',
    { profiles: [{ schedulerName: 'a' }, { schedulerName: 'a' }] },
    /profiles\[1\].schedulerName: Duplicate value/,
  ],
  ['a share above all', { percentageOfNodesToScore: 101 }, /not in valid range \[0-100\]/],
  ['a back-off that shrinks', { podInitialBackoffSeconds: 5, podMaxBackoffSeconds: 2 }, /podMaxBackoffSeconds/],
  ['a duration that is none', { leaderElection: { leaseDuration: 'soon' } }, /invalid duration "soon"/],
  ['arguments for nobody', { profiles: [{ pluginConfig: [{ name: 'NodeName', args: {} }] }] }, /NodeName takes no arguments/],
] as const) {
  test(`refused: ${why}`, () => {
    assert.throws(
      () => schedulerConfiguration(document),
      (error) => error instanceof ConfigFileError && message.test(error.message),
    )
  })
}
