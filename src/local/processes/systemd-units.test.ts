import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unitText } from './systemd-units.ts'

test('a unit runs the program with its words as they are, and keeps it', () => {
  const program = { name: 'server', command: ['/opt/node', '/opt/my dir/n.mjs', 'a"b', '100%', '$HOME', 'back\\slash'] }
  const lines = unitText('dev', program, { runDir: '/d/run', logDir: '/d/log' }).split('\n')
  assert.ok(lines.includes('Description=Navarch cluster dev: server'))
  assert.ok(lines.includes('ExecStart=/opt/node "/opt/my dir/n.mjs" "a\\"b" 100%% $$HOME "back\\\\slash"'), lines.join('\n'))
  for (const line of ['Restart=always', 'KillMode=process', 'StandardOutput=append:/d/log/server.log', 'WantedBy=multi-user.target'])
    assert.ok(lines.includes(line), line)
})
