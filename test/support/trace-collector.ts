import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'

const attribute = z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) })
const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  attributes: z.array(attribute),
  events: z.array(z.unknown()).optional(),
})
const exported = z.object({
  resourceSpans: z.array(
    z.object({ resource: z.object({ attributes: z.array(attribute) }), scopeSpans: z.array(z.object({ spans: z.array(span) })) }),
  ),
})

export type ReceivedSpan = z.output<typeof span>

/** An OpenTelemetry collector on loopback: it keeps what is sent to it as JSON over HTTP. */
export interface TraceCollector {
  readonly url: string
  readonly spans: readonly ReceivedSpan[]
  /** All that came, as it came. */
  readonly bodies: readonly string[]
  /** Attributes of the resource, as JSON. */
  readonly resource: () => string
  close(): Promise<void>
}

export async function startTraceCollector(): Promise<TraceCollector> {
  const spans: ReceivedSpan[] = []
  const bodies: string[] = []
  let resource = ''
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      bodies.push(body)
      if (request.url === '/v1/traces')
        for (const { resource: of, scopeSpans } of exported.parse(JSON.parse(body)).resourceSpans) {
          resource = JSON.stringify(of.attributes)
          spans.push(...scopeSpans.flatMap((scope) => scope.spans))
        }
      response.setHeader('content-type', 'application/json').end('{}')
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    bodies,
    resource: () => resource,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  }
}
