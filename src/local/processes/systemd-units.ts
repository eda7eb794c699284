/** Programs as units of systemd, which also starts them at boot. A unit is there from `start` to `stop`. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { LocalError } from '../settings.ts'
import { logFileOf, type Places, type Program, type Supervisor } from './supervisor.ts'

const execute = promisify(execFile)
const unitDirectory = '/etc/systemd/system'

export function systemdSupervisor(clusterName: string, places: Places): Supervisor {
  const unitOf = (name: string) => `${clusterName}-${name}.service`
  return {
    async start(program) {
      const unit = unitOf(program.name)
      const text = unitText(clusterName, program, places)
      if ((await activeState(unit)) === 'active' && (await readFile(join(unitDirectory, unit), 'utf8').catch(() => '')) === text)
        return false
      await mkdir(places.logDir, { recursive: true, mode: 0o700 })
      await writeFile(join(unitDirectory, unit), text)
      await systemctl('daemon-reload')
      await systemctl('enable', unit)
      await systemctl('restart', unit)
      return true
    },
    async running(name) {
      const state = await activeState(unitOf(name))
      if (state === 'inactive' || state === 'failed') return undefined
      const pid = Number(await systemctl('show', '--property=MainPID', '--value', unitOf(name)))
      return { pid: pid > 0 ? pid : undefined }
    },
    async stop(name) {
      const unit = unitOf(name)
      if (!existsSync(join(unitDirectory, unit))) return 'not running'
      await systemctl('disable', '--now', unit)
      const result = await systemctl('show', '--property=Result', '--value', unit)
      await rm(join(unitDirectory, unit))
      await systemctl('daemon-reload')
      return result === 'timeout' ? 'killed' : 'ended'
    },
  }
}

/** Only the program itself is ended: the containers below it go on, as they do without systemd. */
export function unitText(clusterName: string, { name, command }: Program, places: Places): string {
  const log = logFileOf(places, name)
  return `[Unit]
Description=Navarch cluster ${clusterName}: ${name}
After=network-online.target
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=${command.map(quoted).join(' ')}
Restart=always
RestartSec=1
KillMode=process
Delegate=yes
LimitNOFILE=1048576
TasksMax=infinity
TimeoutStopSec=30
StandardOutput=append:${log}
StandardError=append:${log}

[Install]
WantedBy=multi-user.target
`
}

/** As systemd reads command lines: `%` and `$` are its own signs. */
function quoted(word: string): string {
  const plain = word.replaceAll('%', '%%').replaceAll('$', '$$$$')
  return /^[\w%$@+=:,./-]+$/.test(plain) ? plain : `"${plain.replace(/[\\"]/g, '\\$&')}"`
}

/** `active`, `activating`, `inactive`, `failed`, ... */
async function activeState(unit: string): Promise<string> {
  return await systemctl('show', '--property=ActiveState', '--value', unit)
}

async function systemctl(...words: readonly string[]): Promise<string> {
  try {
    return (await execute('systemctl', words)).stdout.trim()
  } catch (error) {
    const { code, stderr = '' } = error as { readonly code?: unknown; readonly stderr?: string }
    const why = code === 'ENOENT' ? 'there is no systemctl' : stderr.trim()
    throw new LocalError(`systemctl ${words.join(' ')} failed: ${why}; without --systemd, no systemd is needed`, { cause: error })
  }
}
