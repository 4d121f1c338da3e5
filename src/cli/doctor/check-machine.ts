import { type StatsFs, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Config } from '../../config.ts'
import { databaseFile, isDatabaseThere } from '../../database/client.ts'
import { ownFiles } from '../own-files.ts'
import { ailing, type Finding, fine } from './finding.ts'

const OLDEST_NODE = [20, 19] as const
const MIN_FREE_BYTES = 256 * 1024 * 1024
const READY_MS = 5_000

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
  let room: StatsFs
  try {
    room = statfsSync(folder)
  } catch {
    // That the folder cannot be entered is the database's finding.
    return []
  }
  const { bavail, bsize } = room
  const free = bavail * bsize
  const size = free > 1e9 ? `${Math.round(free / 1e8) / 10} GB` : `${Math.round(free / 1e6)} MB`
  return [
    free < MIN_FREE_BYTES
      ? ailing('disk', `Only ${size} free at ${folder}. Free some space: writes fail on a full disk.`)
      : fine('disk', `${size} free at ${folder}`),
  ]
}

/** What holds secrets is for its user alone. */
export function checkModes(config: Config, secretFiles: readonly string[]): Finding {
  const open = ownFiles(config, secretFiles).filter(isOpenToOthers)
  if (open.length === 0) return fine('file modes', 'only their owner can read files with secrets')
  return ailing('file modes', `Other users may use ${open.join(', ')}. Run \`chmod 600 ${open.join(' ')}\`.`)
}

/** What cannot be looked at is another check's finding. */
function isOpenToOthers(path: string): boolean {
  try {
    const found = statSync(path)
    return found.isFile() && (found.mode & 0o077) !== 0
  } catch {
    return false
  }
}

/** Whether a gateway answers where this configuration says; that none runs is no fault of the configuration. */
export async function checkServer({ HOST, PORT }: Config): Promise<Finding> {
  const host = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[HOST] ?? (HOST.includes(':') ? `[${HOST}]` : HOST)
  if (PORT === 0) return fine('gateway', 'PORT is 0: it listens at any free port')
  try {
    const { status } = await fetch(`http://${host}:${PORT}/readyz`, { signal: AbortSignal.timeout(READY_MS), redirect: 'manual' })
    if (status === 200) return fine('gateway', `ready at http://${host}:${PORT}`)
    if (status === 503)
      return ailing('gateway', `The gateway at ${host} port ${PORT} is not ready: its database is away, or it is stopping. See its log.`)
    return ailing('gateway', `The program at ${host} port ${PORT} is not a gateway (${status} at /readyz). Stop it, or set another PORT.`)
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError')
      return ailing('gateway', `The program at ${host} port ${PORT} did not answer within ${READY_MS / 1_000} s. See its log.`)
    return fine('gateway', `none listens at ${host} port ${PORT} now`)
  }
}
