/** What the clients of a load know how to do, and what came of it. */
import { type Latency, latencyOf } from './figures.ts'

export interface LoadReport {
  requests: number
  /** Answers 503 with their code and a time to come back: the database was away, or the server just going. */
  unavailable: number
  /** Answers that never should be: another 5xx, or a 503 that does not say what it is. */
  faults: string[]
  /** Requests that got no answer, because the server was gone. */
  unanswered: number
  conflicts: number
  duplicateNames: number
  /** Reads that did not show what another replica had acknowledged before they began. */
  staleReads: string[]
  /** By name, the version that was last acknowledged; names that were acknowledged to be deleted are not here. */
  acknowledged: Record<string, number>
  /** Names of writes without an answer: nobody knows whether they happened. */
  unknown: string[]
  /** By name of counter, how often it was raised for sure, and how often perhaps. */
  counters: Record<string, { sure: number; perhaps: number }>
  seconds: number
  readMs: Latency
  writeMs: Latency
}

export type Answer<Data = unknown> =
  | { readonly kind: 'done'; readonly data: Data }
  /** The server said no, for a reason that is the caller's. */
  | { readonly kind: 'problem'; readonly code: string }
  /** It was not done, or nobody knows: the server or its database was away. */
  | { readonly kind: 'refused' }

interface ProviderState {
  readonly version: number
  readonly displayName: string
}

/** How the names of providers with a key begin. */
export const CLIENTS_NAME = 'load-'

const RESULT = '... on UserError { code }'
const CREATE = `mutation ($input: CreateProviderInput!) { result: createProvider(input: $input) { ... on CreateProviderPayload { provider { version } } ${RESULT} } }`
const UPDATE = `mutation ($input: UpdateProviderInput!) { result: updateProvider(input: $input) { ... on UpdateProviderPayload { provider { version } } ${RESULT} } }`
const DELETE = `mutation ($input: DeleteProviderInput!) { result: deleteProvider(input: $input) { ... on DeleteProviderPayload { name } ${RESULT} } }`
const READ = 'query ($name: String!) { result: provider(by: { name: $name }) { version displayName } }'
const LIST = '{ result: providers(first: 20) { totalCount nodes { name version apiKeys(first: 5) { nodes { masked } } } } }'

export class LoadClient {
  readonly report: Omit<LoadReport, 'seconds' | 'readMs' | 'writeMs' | 'unknown'> = {
    requests: 0,
    unavailable: 0,
    faults: [],
    unanswered: 0,
    conflicts: 0,
    duplicateNames: 0,
    staleReads: [],
    acknowledged: {},
    counters: {},
  }
  private readonly unknown = new Set<string>()
  private readonly reads: number[] = []
  private readonly writes: number[] = []
  private readonly started = performance.now()
  private readonly urls: readonly string[]
  private readonly token: string

  constructor(urls: readonly string[], token: string) {
    this.urls = urls
    this.token = token
  }

  /** Two replicas in either order; one and the same where there is but one. */
  twoReplicas(): [string, string] {
    const [first = '', second = first] = this.urls
    return Math.random() < 0.5 ? [first, second] : [second, first]
  }

  async create(url: string, name: string): Promise<Answer> {
    const apiKeys = [{ credential: { value: `sk-load-${name}-0123456789` } }]
    const answer = await this.write(url, CREATE, { name, type: 'OPENAI', baseUrl: 'https://api.example.com/v1', apiKeys }, name)
    if (answer.kind === 'done') this.report.acknowledged[name] = 1
    return answer
  }

  async update(url: string, name: string, changes: Readonly<Record<string, unknown>>): Promise<Answer<{ version: number }>> {
    const answer = await this.write<{ provider: { version: number } }>(url, UPDATE, { provider: { name }, ...changes }, name)
    if (answer.kind !== 'done') return answer
    const { version } = answer.data.provider
    this.report.acknowledged[name] = Math.max(version, this.report.acknowledged[name] ?? 0)
    return { kind: 'done', data: { version } }
  }

  async remove(url: string, name: string): Promise<Answer> {
    // Whatever comes of it, from here on the provider may be gone.
    delete this.report.acknowledged[name]
    return this.write(url, DELETE, { provider: { name } }, name)
  }

  list(url: string): Promise<Answer> {
    return this.send(url, LIST, {}, this.reads)
  }

  async createCounter(name: string): Promise<void> {
    await this.write(this.twoReplicas()[0], CREATE, { name, type: 'OPENAI', baseUrl: 'https://api.example.com/v1', displayName: '0' }, name)
    this.report.counters[name] = { sure: 0, perhaps: 0 }
  }

  async raise(name: string, readAt: string, writeAt: string): Promise<Answer> {
    const counter = this.report.counters[name]
    const before = await this.send<ProviderState>(readAt, READ, { name }, this.reads)
    if (before.kind !== 'done' || counter === undefined) return before
    const displayName = String(Number(before.data.displayName) + 1)
    const answer = await this.update(writeAt, name, { displayName, expectedVersion: before.data.version })
    if (answer.kind === 'done') counter.sure += 1
    if (answer.kind === 'refused') counter.perhaps += 1
    return answer
  }

  async expectAtLeast(url: string, name: string, version: number): Promise<void> {
    const answer = await this.send<ProviderState | null>(url, READ, { name }, this.reads)
    if (answer.kind === 'done' && (answer.data?.version ?? 0) < version) this.report.staleReads.push(`${name} at ${version}`)
  }

  async expectGone(url: string, name: string): Promise<void> {
    const answer = await this.send<ProviderState | null>(url, READ, { name }, this.reads)
    if (answer.kind === 'done' && answer.data !== null) this.report.staleReads.push(`${name} deleted`)
  }

  finish(): LoadReport {
    const seconds = Math.round((performance.now() - this.started) / 100) / 10
    return { ...this.report, unknown: [...this.unknown], seconds, readMs: latencyOf(this.reads), writeMs: latencyOf(this.writes) }
  }

  private async write<Data>(url: string, query: string, input: object, name: string): Promise<Answer<Data>> {
    const answer = await this.send<Data & { code?: string }>(url, query, { input }, this.writes)
    if (answer.kind === 'refused') this.unknown.add(name)
    if (answer.kind !== 'done' || answer.data.code === undefined) return answer
    if (answer.data.code === 'VERSION_CONFLICT') this.report.conflicts += 1
    return { kind: 'problem', code: answer.data.code }
  }

  private async send<Data>(url: string, query: string, variables: object, times: number[]): Promise<Answer<Data>> {
    this.report.requests += 1
    const started = performance.now()
    try {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${this.token}` },
        body: JSON.stringify({ query, variables }),
      })
      const text = await response.text()
      const { data, errors } = JSON.parse(text)
      if (response.status === 503 && errors?.[0]?.extensions?.code === 'SERVICE_UNAVAILABLE' && response.headers.has('retry-after')) {
        this.report.unavailable += 1
        return { kind: 'refused' }
      }
      if (response.status !== 200 || errors !== undefined) {
        this.report.faults.push(`${response.status} ${text.slice(0, 300)}`)
        return { kind: 'refused' }
      }
      times.push(performance.now() - started)
      return { kind: 'done', data: data.result }
    } catch {
      this.report.unanswered += 1
      return { kind: 'refused' }
    }
  }
}
