/**
 * `navarch.dev/nginx:v1` and `:v2`: Debian's nginx as process 1, logging to the container's output, with a page that names its version.
 * A volume may replace /usr/share/nginx/html or /etc/nginx/conf.d.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { layerOf } from '#local/images/layer'
import { ociArchive } from '#local/images/oci-archive'
import type { Architecture } from '#local/images/pause-program'
import { programWithLibraries, unpackPackages } from './debian-files.ts'
import { shellFiles } from './shell-image.ts'

const mainConfig = `user nobody nogroup;
worker_processes 1;
pid /run/nginx.pid;
error_log /dev/stderr notice;
events { worker_connections 512; }
http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log /dev/stdout;
  keepalive_timeout 65;
  include /etc/nginx/conf.d/*.conf;
}
`
const siteConfig = `server {
  listen 80;
  location / { root /usr/share/nginx/html; index index.html; }
}
`

export function nginxImageName(version: 1 | 2): string {
  return `navarch.dev/nginx:v${version}`
}

export async function nginxImage(version: 1 | 2, architecture: Architecture, cache: string): Promise<Buffer> {
  const tree = await unpackPackages(['nginx', 'nginx-common'], cache)
  const program = join(tree, 'usr/sbin/nginx')
  const layer = await layerOf([
    { path: 'usr/sbin/nginx', mode: 0o755, content: await readFile(program) },
    ...(await programWithLibraries(program)),
    { path: 'etc/nginx/nginx.conf', content: mainConfig },
    { path: 'etc/nginx/mime.types', content: await readFile(join(tree, 'etc/nginx/mime.types')) },
    { path: 'etc/nginx/conf.d/default.conf', content: siteConfig },
    { path: 'usr/share/nginx/html/index.html', content: pageOf(version) },
    ...['run', 'var/log/nginx', 'var/lib/nginx'].map((path) => ({ path, isFolder: true })),
  ])
  return ociArchive({
    name: nginxImageName(version),
    architecture,
    layers: [await layerOf(await shellFiles(cache)), layer],
    entrypoint: ['/usr/sbin/nginx'],
    command: ['-g', 'daemon off;'],
    exposedPorts: ['80/tcp'],
    stopSignal: 'SIGQUIT',
  })
}

function pageOf(version: number): string {
  return `<!doctype html>\n<title>nginx version ${version}</title>\n<h1>Hello from nginx, version ${version}</h1>\n`
}
