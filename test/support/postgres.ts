/**
 * A PostgreSQL server of our own for a test file: made in a temporary folder, reached through a free port of this
 * machine, and thrown away at the end. Needs the server's programs, and no rights: as root it runs as another user.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface PostgresServer {
  /** The URL of the server's own database, from which others are made. */
  readonly url: string
  /** The folder with everything that it writes. */
  readonly folder: string
  /** The file of its certificate, where it has one. */
  readonly certificate: string
  /** Makes an empty database and returns its URL. */
  freshUrl(): Promise<string>
  /** Ends the server at once, as a power cut would, and keeps its data. */
  kill(): Promise<void>
  /** Starts it again over the same data, on the same port. */
  start(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

export interface PostgresOptions {
  /** Writes to the disk before it acknowledges, as a real server does; tests are faster without. */
  readonly durable?: boolean
  /** Talks TLS too, with a certificate for 127.0.0.1 that it signs itself: see `certificate`. */
  readonly tls?: boolean
}

/** The folder of the newest installed server; null when there is none, and tests that need one are skipped. */
export const postgresPrograms = newestPrograms('/usr/lib/postgresql')

export async function startPostgres({ durable = false, tls = false }: PostgresOptions = {}): Promise<PostgresServer> {
  if (postgresPrograms === null) throw new Error('No PostgreSQL server is installed.')
  const bin = postgresPrograms
  const folder = mkdtempSync(join(tmpdir(), 'gateway-postgres-'))
  const user = unprivilegedUser()
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  const run = (program: string, ...parameters: string[]) => promisify(execFile)(join(bin, program), parameters, { cwd: folder, ...user })

  const data = join(folder, 'data')
  // Sorts text as people do, so that a test sees where an order of bytes was promised and not asked for.
  const locale = ['--locale=C', '--locale-provider=icu', '--icu-locale=en-US']
  await run('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', ...locale, '--no-sync')
  const port = String(await freePort())
  const [certificate, key] = [join(folder, 'server.crt'), join(folder, 'server.key')]
  if (tls) {
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
    const parameters = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', certificate, ...subject]
    await promisify(execFile)('openssl', parameters, { cwd: folder, ...user })
  }
  const secured = tls ? ['ssl=on', `ssl_cert_file=${certificate}`, `ssl_key_file=${key}`] : []
  const careless = durable ? [] : ['fsync=off', 'full_page_writes=off']
  const settings = ['listen_addresses=127.0.0.1', 'max_connections=300', `unix_socket_directories=${folder}`, ...careless, ...secured]
  const parameters = ['-D', data, '-p', port, ...settings.flatMap((setting) => ['-c', setting])]
  let server: ChildProcess | null = null
  // For a test run that ends without calling `stop`.
  const killServer = () => {
    server?.kill('SIGQUIT')
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', killServer)

  const start = async () => {
    const started = spawn(join(bin, 'postgres'), parameters, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], ...user })
    server = started
    await ready(started.stderr)
  }
  const end = async (signal: 'SIGINT' | 'SIGQUIT') => {
    const ending = server
    server = null
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return
    ending.kill(signal)
    await once(ending, 'exit')
  }
  await start()
  let databases = 0
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    folder,
    certificate,
    freshUrl: async () => {
      databases += 1
      await run('createdb', '-h', '127.0.0.1', '-p', port, '-U', 'postgres', `gateway${databases}`)
      return `postgresql://postgres@127.0.0.1:${port}/gateway${databases}`
    },
    kill: () => end('SIGQUIT'),
    start,
    stop: async () => {
      await end('SIGINT')
      process.off('exit', killServer)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function newestPrograms(root: string): string | null {
  if (!existsSync(root)) return null
  const folders = readdirSync(root).sort((a, b) => Number(b) - Number(a))
  return folders.map((version) => join(root, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb'))) ?? null
}

/** The server refuses to run as root; then it runs as `postgres`, or as `nobody` where there is no such user. */
export function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync('/etc/passwd', 'utf8')
  const line = /^postgres:.*$/m.exec(users) ?? /^nobody:.*$/m.exec(users)
  const [, , uid, gid] = line?.[0].split(':') ?? []
  return { uid: Number(uid), gid: Number(gid) }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.')
  return address.port
}

/** Waits for the line that says so, and lets the log flow on: a full pipe would stop the server. */
async function ready(log: NodeJS.ReadableStream): Promise<void> {
  let text = ''
  await new Promise<void>((resolve, reject) => {
    log.on('data', (chunk) => {
      text += text.includes('ready to accept connections') ? '' : String(chunk)
      if (text.includes('ready to accept connections')) resolve()
    })
    log.once('end', () => reject(new Error(`PostgreSQL did not start: ${text}`)))
  })
}
