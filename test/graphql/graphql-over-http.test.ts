import { serverAudits } from 'graphql-http'
import { expect, test } from 'vitest'
import { startTraceCollector } from '../support/trace-collector.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

const collector = useStarted(startTraceCollector)
const gateway = useGateway(() => {
  const tracing = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }
  Object.assign(process.env, tracing, { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' })
  const limits = { RATE_LIMIT_PER_MINUTE: '100000', METRICS_TOKEN: 'metrics-token-beside-an-audit-00000' }
  return { environment: { ...tracing, ...limits } }
})

test('the server passes all 61 audits of the GraphQL-over-HTTP specification, with limits, metrics and traces on', async () => {
  const fetchWithToken = (url: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${gateway.adminToken}`)
    return fetch(url, { ...init, headers })
  }
  const audits = serverAudits({ url: `${gateway.url}/graphql`, fetchFn: fetchWithToken })
  const results = await Promise.all(audits.map((audit) => audit.fn()))
  const failures = results.filter(({ status }) => status !== 'ok')
  expect(failures.map(({ id, name, status }) => `${status} ${id} ${name}`)).toEqual([])
  expect(results).toHaveLength(61)
})
