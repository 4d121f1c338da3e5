/**
 * Mixed load from a process of its own: `load-worker.ts <plan as JSON>`. Works at all replicas at once until its time is
 * over or it is told to stop by the end of its input, checks each answer, and prints a report as JSON.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, CLIENTS_NAME, LoadClient, type LoadReport } from './load-client.ts'

export interface LoadPlan {
  readonly urls: readonly string[]
  readonly token: string
  readonly seconds: number
  /** How many clients work at the same time. */
  readonly clients: number
  /** `mixed`: every kind of read and write; `create`: nothing but new providers with a key. */
  readonly kind: 'mixed' | 'create'
}

const plan: LoadPlan = JSON.parse(process.argv[2] ?? '')
const client = new LoadClient(plan.urls, plan.token)
const deadline = performance.now() + plan.seconds * 1_000
let stopped = false
process.stdin.on('end', () => (stopped = true)).resume()
const isOver = () => stopped || performance.now() > deadline

const COUNTERS = 4
let names = 0

const newName = () => `${CLIENTS_NAME}${process.pid}-${++names}`
/** A refusal costs a moment, so that a server that is away is not asked a thousand times a second. */
const rest = (answer: Answer) => (answer.kind === 'refused' ? sleep(20) : undefined)

async function createAndFollow(): Promise<void> {
  const name = newName()
  const [at, elsewhere] = client.twoReplicas()
  const created = await client.create(at, name)
  await rest(created)
  if (created.kind !== 'done') return
  // What one replica has acknowledged, the next read of any other one shows.
  await client.expectAtLeast(elsewhere, name, 1)
  if (Math.random() < 0.5) return
  const updated = await client.update(elsewhere, name, { icon: 'x' })
  if (updated.kind === 'done') await client.expectAtLeast(at, name, 2)
  if (Math.random() < 0.5) return
  const removed = await client.remove(at, name)
  if (removed.kind === 'done') await client.expectGone(elsewhere, name)
}

/** A value that is read, raised and written back: an update that is lost shows in the sum. */
async function raiseCounter(): Promise<void> {
  const [at, elsewhere] = client.twoReplicas()
  const answer = await client.raise(`counter-${Math.floor(Math.random() * COUNTERS)}`, at, elsewhere)
  await rest(answer)
}

/** Two replicas are asked for one name at the same moment: one of them may give it. */
async function contest(): Promise<void> {
  const name = newName()
  const answers = await Promise.all(client.twoReplicas().map((url) => client.create(url, name)))
  if (answers.every(({ kind }) => kind === 'done')) client.report.duplicateNames += 1
  for (const answer of answers) await rest(answer)
  if (answers.some(({ kind }) => kind === 'done')) await client.remove(client.twoReplicas()[0], name)
}

async function read(): Promise<void> {
  await rest(await client.list(client.twoReplicas()[0]))
}

async function work(): Promise<void> {
  while (!isOver()) {
    const chance = Math.random()
    if (plan.kind === 'create') await rest(await client.create(client.twoReplicas()[0], newName()))
    else if (chance < 0.35) await createAndFollow()
    else if (chance < 0.65) await raiseCounter()
    else if (chance < 0.75) await contest()
    else await read()
  }
}

if (plan.kind === 'mixed') for (let index = 0; index < COUNTERS; index++) await client.createCounter(`counter-${index}`)
await Promise.all(Array.from({ length: plan.clients }, work))
const report: LoadReport = client.finish()
process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0))
