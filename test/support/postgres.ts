/**
 * A PostgreSQL server of our own for a test file: made in a temporary folder, reached through a free port of this
 * machine, and thrown away at the end. Needs the server's programs, and no rights: as root it runs as another user.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface PostgresServer {
  /** Makes an empty database and returns its URL. */
  freshUrl(): Promise<string>
  /** Ends the server at once, as a power cut would. */
  kill(): Promise<void>
  stop(): Promise<void>
}

/** The folder of the newest installed server; null when there is none, and tests that need one are skipped. */
export const postgresPrograms = newestPrograms('/usr/lib/postgresql')

export async function startPostgres(): Promise<PostgresServer> {
  if (postgresPrograms === null) throw new Error('No PostgreSQL server is installed.')
  const bin = postgresPrograms
  const folder = mkdtempSync(join(tmpdir(), 'gateway-postgres-'))
  const user = unprivilegedUser()
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  const run = (program: string, ...parameters: string[]) => promisify(execFile)(join(bin, program), parameters, { cwd: folder, ...user })

  const data = join(folder, 'data')
  await run('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync')
  const port = String(await freePort())
  const settings = ['listen_addresses=127.0.0.1', 'fsync=off', 'full_page_writes=off', `unix_socket_directories=${folder}`]
  const server = spawn(join(bin, 'postgres'), ['-D', data, '-p', port, ...settings.flatMap((setting) => ['-c', setting])], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...user,
  })
  // For a test run that ends without calling `stop`.
  const killServer = () => {
    server.kill('SIGQUIT')
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', killServer)
  await ready(server.stderr)

  const end = async (signal: 'SIGINT' | 'SIGQUIT') => {
    if (server.exitCode === null && server.signalCode === null) {
      server.kill(signal)
      await once(server, 'exit')
    }
    process.off('exit', killServer)
    rmSync(folder, { recursive: true, force: true })
  }
  let databases = 0
  return {
    freshUrl: async () => {
      databases += 1
      await run('createdb', '-h', '127.0.0.1', '-p', port, '-U', 'postgres', `gateway${databases}`)
      return `postgresql://postgres@127.0.0.1:${port}/gateway${databases}`
    },
    kill: () => end('SIGQUIT'),
    stop: () => end('SIGINT'),
  }
}

function newestPrograms(root: string): string | null {
  if (!existsSync(root)) return null
  const folders = readdirSync(root).sort((a, b) => Number(b) - Number(a))
  return folders.map((version) => join(root, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb'))) ?? null
}

/** The server refuses to run as root; then it runs as `postgres`, or as `nobody` where there is no such user. */
function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync('/etc/passwd', 'utf8')
  const line = /^postgres:.*$/m.exec(users) ?? /^nobody:.*$/m.exec(users)
  const [, , uid, gid] = line?.[0].split(':') ?? []
  return { uid: Number(uid), gid: Number(gid) }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.')
  return address.port
}

async function ready(log: NodeJS.ReadableStream): Promise<void> {
  let text = ''
  for await (const chunk of log) {
    text += String(chunk)
    if (text.includes('ready to accept connections')) return
  }
  throw new Error(`PostgreSQL did not start: ${text}`)
}
