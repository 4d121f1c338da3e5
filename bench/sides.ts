import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { ENCRYPTION_KEYS, TOKEN } from './seed.ts'

/** A server that is compared, in a process of its own. */
export interface Side {
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

/**
 * `npm start` starts the gateway with these. What model calls are compared with has them too: large bodies cost each of them half as
 * much with them.
 */
const V8_FLAGS = ['--no-concurrent-marking', '--initial-heap-size=128']

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/**
 * The built gateway, started as `npm start` does. Its log of requests is off, because none of its peers writes one.
 * @param flags of V8; none for Node as it comes.
 */
export function startGateway(databaseUrl: string, environment: Readonly<Record<string, string>> = {}, flags = V8_FLAGS): Promise<Side> {
  return start([...flags, here('../dist/main.js')], {
    DATABASE_URL: databaseUrl,
    ENCRYPTION_KEYS,
    ADMIN_TOKEN: TOKEN,
    PORT: '0',
    LOG_LEVEL: 'warn',
    ...environment,
  })
}

/** A server of `servers/`, over a SQLite file. */
export function startPeer(name: 'ready-buffer' | 'raw-sqlite' | 'apollo' | 'mercurius', file: string, input = ''): Promise<Side> {
  const environment = { BENCH_DATABASE: file, BENCH_DATABASE_URL: `file:${file}`, BENCH_KEYS: ENCRYPTION_KEYS, BENCH_TOKEN: TOKEN }
  return start(['--import', 'tsx', here(`./servers/${name}.ts`)], environment, input)
}

/**
 * What calls of models go to, or through on their way to `vendor`.
 * @param flags of V8; none for Node as it comes.
 */
export function startCallPeer(name: 'call-vendor' | 'bare-dispatch' | 'httpxy', vendor: string, flags = V8_FLAGS): Promise<Side> {
  return start([...flags, '--import', 'tsx', here(`./servers/${name}.ts`)], { BENCH_VENDOR: vendor })
}

/** Portkey's gateway, where it is installed. */
export async function startPortkey(): Promise<Side | null> {
  const program = here('./node_modules/@portkey-ai/gateway/build/start-server.js')
  if (!existsSync(program)) return null
  const port = await freePort()
  return { ...(await start([program, `--port=${port}`, '--headless'], {}, '', READY)), url: `http://127.0.0.1:${port}` }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((resolve) => void server.close(resolve))
  return address !== null && typeof address === 'object' ? address.port : 0
}

const LISTENING = /(?:listening|GraphQL) +(http:\/\/[^/\s]+)/
const READY = /(Ready for connections|http:\/\/localhost:\d+)/

async function start(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  input = '',
  isReady = LISTENING,
): Promise<Side> {
  const env = { PATH: process.env.PATH ?? '', NODE_ENV: 'production', ...environment }
  const child: ChildProcess = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin?.end(input)
  // Also when the benchmark ends by an error.
  const kill = () => void child.kill()
  process.once('exit', kill)
  let output = ''
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: unknown) => {
      output += String(chunk)
      const [, found] = isReady.exec(output) ?? []
      if (found === undefined) return
      // What is logged from now on is taken, and thrown away.
      for (const stream of [child.stdout, child.stderr]) stream?.off('data', read).resume()
      resolve(found)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('exit', (code) => reject(new Error(`${args.at(-1)} ended with ${code}: ${output}`)))
  })
  const stop = async () => {
    if (child.exitCode === null) child.kill('SIGTERM')
    if (child.exitCode === null) await once(child, 'exit')
    process.off('exit', kill)
  }
  return { url, pid: child.pid ?? 0, stop }
}
