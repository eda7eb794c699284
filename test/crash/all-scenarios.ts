/** Every scenario there is. */

import { etcdFaultsScenario } from './etcd/etcd-faults.ts'
import type { Scenario } from './scenario.ts'
import { fullDisk } from './sqlite/full-disk.ts'
import { pause } from './sqlite/pause.ts'
import { powerCutScenario } from './sqlite/power-cut.ts'
import { sigkillScenario } from './sqlite/sigkill.ts'
import { writeErrors } from './sqlite/write-errors.ts'

export const allScenarios: readonly Scenario[] = [
  sigkillScenario({ name: 'sigkill', summary: 'sqlite: SIGKILL at random moments, while it works and while it opens' }),
  powerCutScenario({ name: 'power-cut', summary: 'sqlite: the disk loses, tears or reorders what was not synced' }),
  powerCutScenario({
    name: 'power-cut-everywhere',
    summary: 'sqlite: a cut after each single operation of a short load',
    isExhaustive: true,
  }),
  powerCutScenario({
    name: 'power-cut-after-errors',
    summary: 'sqlite: as power-cut, and now and then writes and syncs fail before',
    failsCalls: true,
  }),
  writeErrors,
  fullDisk,
  pause,
  etcdFaultsScenario({ name: 'etcd-faults', summary: 'etcd, three members: whatever may happen to them, by chance' }),
  sigkillScenario({ name: 'broken-rollback', summary: 'of the harness: must fail, after a kill the files are older', rollsBack: true }),
  powerCutScenario({ name: 'broken-log-sync', summary: 'of the harness: must fail, the log is never synced', lies: ['log'] }),
  powerCutScenario({
    name: 'broken-database-sync',
    summary: 'of the harness: must fail, the database is never synced',
    lies: ['database'],
  }),
  powerCutScenario({ name: 'broken-directory-sync', summary: 'of the harness: must fail, no directory is synced', lies: ['directory'] }),
  powerCutScenario({
    name: 'broken-early-answer',
    summary: 'of the harness: must fail, writes are acknowledged early',
    acknowledgesEarly: true,
  }),
]
