import { statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Config } from '../../config.ts'
import { databaseFile, isDatabaseThere } from '../../database/client.ts'
import { keyFileOf } from '../../key-file.ts'
import { ailing, type Finding, fine } from './finding.ts'

const OLDEST_NODE = [20, 19] as const
const MIN_FREE_BYTES = 256 * 1024 * 1024
const READY_MS = 2_000

export function checkNode(): Finding {
  const { node } = process.versions
  const [major = 0, minor = 0] = node.split('.').map(Number)
  const isOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])
  return isOld ? ailing('Node.js', `${node} is too old. Install ${OLDEST_NODE.join('.')} or later.`) : fine('Node.js', node)
}

/** A full disk stops all writes. A database server looks after its own. */
export function checkDisk({ DATABASE_URL }: Config): Finding[] {
  const file = databaseFile(DATABASE_URL)
  if (file === null || !isDatabaseThere(DATABASE_URL)) return []
  const folder = dirname(file)
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize
  const size = free > 1e9 ? `${Math.round(free / 1e8) / 10} GB` : `${Math.round(free / 1e6)} MB`
  return [
    free < MIN_FREE_BYTES
      ? ailing('disk', `Only ${size} free at ${folder}. Make room: writes fail on a full disk.`)
      : fine('disk', `${size} free at ${folder}`),
  ]
}

/** What holds secrets is for its user alone. */
export function checkModes({ DATABASE_URL }: Config, secretFiles: readonly string[]): Finding[] {
  const paths = [...secretFiles, '.env']
  const file = databaseFile(DATABASE_URL)
  if (file !== null) paths.push(file, `${file}-wal`, keyFileOf(file))
  const open = paths.filter((path) => ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0)
  if (open.length === 0) return [fine('file modes', 'secrets are for their user alone')]
  return open.map((path) => ailing('file modes', `Other users may use ${path}. Run \`chmod 600 ${path}\`.`))
}

/** Whether a gateway answers where this configuration says; that none runs is no fault of the configuration. */
export async function checkServer({ HOST, PORT }: Config): Promise<Finding> {
  const host = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[HOST] ?? (HOST.includes(':') ? `[${HOST}]` : HOST)
  if (PORT === 0) return fine('gateway', 'PORT is 0: it listens at any free port')
  try {
    const { status } = await fetch(`http://${host}:${PORT}/readyz`, { signal: AbortSignal.timeout(READY_MS), redirect: 'manual' })
    if (status === 200) return fine('gateway', `ready at http://${host}:${PORT}`)
    return ailing('gateway', `What listens at ${host} port ${PORT} is not ready (${status}). Look into its log.`)
  } catch {
    return fine('gateway', `none listens at ${host} port ${PORT} now`)
  }
}
