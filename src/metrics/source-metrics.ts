import { Counter, Gauge, type Registry } from 'prom-client'
import type { CacheStatistics } from '../cache/answer-cache.ts'
import type { KeyCount } from '../calls/count-keys.ts'
import type { ChangeFeedStatistics } from '../changes/change-feed.ts'
import type { DatabaseStatistics } from '../database/client.ts'

/** Parts of the gateway that keep count of themselves. Each is asked when somebody reads the metrics, and at no other time. */
export interface MetricSources {
  readonly cache: () => CacheStatistics
  readonly database: () => DatabaseStatistics
  readonly changes: () => ChangeFeedStatistics
  /** Model calls under way, by the type of their provider. */
  readonly callsInFlight: () => ReadonlyMap<string, number>
  readonly keys: () => Promise<readonly KeyCount[]>
  /** Model calls that are missing in the store of usage. */
  readonly usageDropped: () => number
}

export function addSourceMetrics(registry: Registry, sources: MetricSources): void {
  const { cache, database, changes, callsInFlight, keys, usageDropped } = sources
  const counter = (name: string, help: string, read: () => number) => addCounter(registry, name, help, read)
  const gauge = (name: string, help: string, read: () => number) => addGauge(registry, name, help, read)
  counter('gateway_cache_hits_total', 'Answers from memory.', () => cache().hits)
  counter('gateway_cache_misses_total', 'Answers computed and kept in memory.', () => cache().misses)
  counter('gateway_cache_evictions_total', 'Answers removed from memory for newer ones.', () => cache().evictions)
  gauge('gateway_cache_answers', 'Answers in memory.', () => cache().answers)
  gauge('gateway_cache_bytes', 'Bytes of the answers in memory.', () => cache().bytes)
  counter('gateway_database_writes_total', 'Transactions committed.', () => database().writes)
  counter('gateway_database_write_retries_total', 'Transactions retried after a conflict with another writer.', () => {
    return database().retries
  })
  counter('gateway_database_failures_total', 'Failed transactions and readiness checks.', () => {
    return database().failures
  })
  if (database().pool !== null) addPool(registry, database)
  counter('gateway_ai_usage_dropped_total', 'Calls missing in usage, because its store failed for too long.', usageDropped)
  addCallGauges(registry, callsInFlight, keys)
  gauge('gateway_subscriptions', 'Open subscriptions.', () => changes().subscriptions)
  gauge('gateway_change_feed_age_seconds', 'Age of the change feed, which reads every half second.', () => changes().ageSeconds)
}

function addCallGauges(registry: Registry, callsInFlight: MetricSources['callsInFlight'], keys: MetricSources['keys']): void {
  new Gauge({
    name: 'gateway_ai_in_flight',
    help: 'Model calls in progress, by type of the provider.',
    labelNames: ['type'],
    registers: [registry],
    collect() {
      for (const [type, count] of callsInFlight()) this.set({ type }, count)
    },
  })
  new Gauge({
    name: 'gateway_ai_keys',
    help: 'Stored keys as this replica sees them, by type of the provider and availability: READY, COOLING, EXHAUSTED, REFUSED or DISABLED.',
    labelNames: ['type', 'availability'],
    registers: [registry],
    async collect() {
      // A database that is away must not take the other metrics with it.
      const counts = await keys().catch(() => [])
      this.reset()
      for (const { type, availability, count } of counts) this.set({ type, availability }, count)
    },
  })
}

function addPool(registry: Registry, database: MetricSources['database']): void {
  new Gauge({
    name: 'gateway_database_pool_connections',
    help: 'PostgreSQL only: connections, by state (in_use or idle).',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const { pool } = database()
      this.set({ state: 'in_use' }, pool?.inUse ?? 0)
      this.set({ state: 'idle' }, pool?.idle ?? 0)
    },
  })
  addGauge(registry, 'gateway_database_pool_waiting', 'PostgreSQL only: statements that wait for a connection.', () => {
    return database().pool?.waiting ?? 0
  })
}

function addCounter(registry: Registry, name: string, help: string, read: () => number): void {
  new Counter({
    name,
    help,
    registers: [registry],
    collect() {
      this.reset()
      this.inc(read())
    },
  })
}

function addGauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read())
    },
  })
}
