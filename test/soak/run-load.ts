import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { PROVIDER_CHANGE_REFUSED } from '../../src/audit/record.ts'
import { type Database, openDatabase } from '../../src/database/client.ts'
import type { FairnessPlan } from './fairness-worker.ts'
import type { HostilePlan, HostileReport } from './hostile-worker.ts'
import { CLIENTS_NAME, type LoadReport } from './load-client.ts'
import type { LoadPlan } from './load-worker.ts'

/** A client in a process of its own, so that what is measured here is not its work. */
export interface Worker<Report> {
  /** What came of it, when it is over. */
  readonly report: Promise<Report>
  /** Lets it finish what it is doing. */
  stop(): void
}

function startWorker<Report>(file: string, plan: unknown): Worker<Report> {
  const worker = fileURLToPath(new URL(`./${file}`, import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', worker, JSON.stringify(plan)], { stdio: ['pipe', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += String(chunk)
  })
  const report = once(child, 'close').then(([code]): Report => {
    if (code !== 0) throw new Error(`${file} ended with ${code}.`)
    return JSON.parse(output)
  })
  return { report, stop: () => child.stdin.end() }
}

export const startLoad = (plan: LoadPlan) => startWorker<LoadReport>('load-worker.ts', plan)

export const startHostileTests = (plan: HostilePlan) => startWorker<HostileReport>('hostile-worker.ts', plan)

/** Ends with how many items or answers it got. */
export const startGreedy = (plan: FairnessPlan) => startWorker<number>('fairness-worker.ts', plan)

/** Everything that must be true of what is stored, whatever happened meanwhile; each entry of the result is a lie. */
export async function findLies(url: string, { acknowledged, unknown, counters }: LoadReport): Promise<string[]> {
  const database = await openDatabase(url)
  try {
    const live = await database.prisma.provider.findMany({
      where: { deletedAt: null },
      select: { name: true, version: true, displayName: true },
    })
    const stored = new Map(live.map((row) => [row.name, row]))
    const lost = Object.entries(acknowledged).filter(
      ([name, version]) => !unknown.includes(name) && (stored.get(name)?.version ?? 0) < version,
    )
    const miscounted = Object.entries(counters).filter(([name, { sure, perhaps }]) => {
      const { displayName = 'NaN', version = 0 } = stored.get(name) ?? {}
      const value = Number(displayName)
      return !(value >= sure && value <= sure + perhaps && version === value + 1)
    })
    return [
      ...lost.map(([name, version]) => `${name} was acknowledged at version ${version} and is at ${stored.get(name)?.version}`),
      ...miscounted.map(([name, raised]) => `${name} is ${stored.get(name)?.displayName} but was raised ${JSON.stringify(raised)}`),
      ...(stored.size === live.length ? [] : ['two live providers have one name']),
      ...(await findUnaudited(database)),
      ...(await findHalfWritten(database)),
    ]
  } finally {
    await database.close()
  }
}

/** Each accepted write raises the version by one and leaves one event: neither is without the other. */
async function findUnaudited({ prisma }: Database): Promise<string[]> {
  const events = await prisma.auditEvent.groupBy({
    by: 'subjectId',
    where: { subjectType: 'provider', action: { not: PROVIDER_CHANGE_REFUSED } },
    _count: true,
  })
  const counts = new Map(events.map(({ subjectId, _count }) => [subjectId, _count]))
  const providers = await prisma.provider.findMany({ select: { id: true, name: true, version: true, deletedAt: true } })
  const ids = new Set(providers.map(({ id }) => id))
  return [
    ...providers
      .filter(({ id, version }) => counts.get(id) !== version)
      .map(({ id, name, version }) => `${name} is at version ${version} with ${counts.get(id) ?? 0} events`),
    ...[...counts.keys()].filter((id) => !ids.has(id)).map((id) => `an event tells of ${id}, which is not there`),
  ]
}

/** The clients make each provider but the counters with one key, and its secret: none of the three is without the others. */
async function findHalfWritten({ prisma }: Database): Promise<string[]> {
  const providers = await prisma.provider.findMany({
    where: { deletedAt: null, name: { startsWith: CLIENTS_NAME } },
    select: { name: true, apiKeys: { select: { secret: { select: { kid: true } } } } },
  })
  const halves = providers.filter(({ apiKeys }) => apiKeys.length !== 1 || apiKeys.some(({ secret }) => secret === null))
  return halves.map(
    ({ name, apiKeys }) => `${name} has ${apiKeys.length} keys, ${apiKeys.filter(({ secret }) => secret).length} with a secret`,
  )
}
