/** Debian's PgBouncer with its defaults in front of a server, on a free port of this machine. As root it runs as another user. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type PostgresServer, unprivilegedUser } from './postgres.ts'

const PROGRAM = '/usr/sbin/pgbouncer'

/** Tests that need it are skipped where it is not installed. */
export const hasPgBouncer = existsSync(PROGRAM)

export interface PgBouncer {
  /** The URL of a database of the server, through the pooler. */
  through(url: string): string
  stop(): Promise<void>
}

export async function startPgBouncer(server: Pick<PostgresServer, 'url'>, mode: 'session' | 'transaction'): Promise<PgBouncer> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-pgbouncer-'))
  const user = unprivilegedUser()
  const port = await freePort()
  const users = join(folder, 'users.txt')
  writeFileSync(users, '"postgres" ""\n')
  const settings = join(folder, 'pgbouncer.ini')
  // What is not a default says where it listens and whom it knows; the mode is what operators choose.
  const lines = [
    '[databases]',
    `* = host=127.0.0.1 port=${new URL(server.url).port}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = trust',
    `auth_file = ${users}`,
    `pool_mode = ${mode}`,
  ]
  writeFileSync(settings, `${lines.join('\n')}\n`)
  if (user !== undefined) for (const path of [folder, users, settings]) chownSync(path, user.uid, user.gid)
  const child = spawn(PROGRAM, [settings], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], ...user })
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  await listening(child.stderr)
  return {
    through: (url) => {
      const pooled = new URL(url)
      pooled.port = String(port)
      return pooled.href
    },
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

/** Waits for the line that says so, and lets the log flow on. */
async function listening(log: NodeJS.ReadableStream): Promise<void> {
  let text = ''
  await new Promise<void>((resolve, reject) => {
    log.on('data', (chunk) => {
      text += String(chunk)
      if (text.includes('process up')) resolve()
    })
    log.once('end', () => reject(new Error(`PgBouncer did not start: ${text}`)))
  })
}
