import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { cacheEnvironment } from './cache.ts'

/** The built program as an operator runs it: another process, its own folder, nothing shared but the port. */
export interface GatewayProcess {
  readonly url: string
  /** The bootstrap token that this start printed; null when it printed none. */
  readonly token: string | null
  /** All that it wrote so far, to standard output and standard error. */
  readonly output: () => string
  readonly child: ChildProcess
  /** Sends SIGTERM and returns the exit code. */
  stop(): Promise<number | null>
}

/** A start that ended before the port opened. */
export interface FailedStart {
  readonly exitCode: number | null
  readonly output: string
  /** What it wrote to standard error: all that a person gets to see beside the log. */
  readonly stderr: string
}

const MAIN = resolve('dist/main.js')

export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'gateway-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Starts the built program in `folder`, with no variables of ours but those given. */
export async function startProcess(
  folder: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<GatewayProcess | FailedStart> {
  const child = spawn(process.execPath, ['--no-concurrent-marking', '--initial-heap-size=128', MAIN], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', PORT: '0', ...cacheEnvironment, TEST_NEW_PROVIDERS: 'false', ...environment },
    stdio: 'pipe',
  })
  let output = ''
  let stderr = ''
  // Not `exit`: what was written last may come after it.
  const exited = once(child, 'close')
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const ready = new Promise<void>((settle) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString()
        if (output.includes('is ready') && /GraphQL +http/.test(output)) settle()
      })
  })
  const outcome = await Promise.race([ready.then(() => 'ready' as const), exited.then(() => 'exited' as const)])
  if (outcome === 'exited') return { exitCode: child.exitCode, output, stderr }
  const [, url = ''] = /GraphQL +(http:\/\/[^/]+)/.exec(output) ?? []
  const stop = async () => {
    if (child.exitCode === null) child.kill('SIGTERM')
    await exited
    return child.exitCode
  }
  return { url, token: /Admin token +(gw_\S+)/.exec(output)?.[1] ?? null, output: () => output, child, stop }
}

/** The same, for a start that must succeed. */
export async function startedProcess(folder: string, environment: Readonly<Record<string, string>> = {}): Promise<GatewayProcess> {
  const started = await startProcess(folder, environment)
  if ('exitCode' in started) throw new Error(`The gateway did not start (exit code ${started.exitCode}): ${started.output}`)
  return started
}
