/** Debian's nginx with the servers that a test gives it, on this machine. As root it runs as another user. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { unprivilegedUser } from './postgres.ts'

const PROGRAM = '/usr/sbin/nginx'

/** Tests that need it are skipped where it is not installed. */
export const hasNginx = existsSync(PROGRAM)

export interface Nginx {
  stop(): Promise<void>
}

/** @param servers what stands in the block `http`; one of them listens on the port. */
export async function startNginx(servers: string, port: number): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-nginx-'))
  const user = unprivilegedUser()
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`)
  const configuration = join(folder, 'nginx.conf')
  const lines = [
    `pid ${folder}/nginx.pid;`,
    ...['daemon off;', 'error_log stderr;', 'events {}', 'http {', 'access_log off;'],
    ...temporary,
    ...[servers, '}'],
  ]
  writeFileSync(configuration, `${lines.join('\n')}\n`, { mode: 0o600 })
  if (user !== undefined) for (const path of [folder, configuration]) chownSync(path, user.uid, user.gid)
  const child = spawn(PROGRAM, ['-e', 'stderr', '-c', configuration, '-p', folder], { stdio: ['ignore', 'ignore', 'pipe'], ...user })
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  let log = ''
  child.stderr.on('data', (chunk) => {
    log += String(chunk)
  })
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`nginx did not start: ${log}`)
    await pause(50)
  }
  return {
    stop: async () => {
      process.off('exit', kill)
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM')
        await once(child, 'exit')
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  )
}
