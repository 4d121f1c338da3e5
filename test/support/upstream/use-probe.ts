import { afterEach } from 'vitest'
import { type ProbeRequest, probeConnection } from '../../../src/upstream/test/probe-connection.ts'
import { apiKey, outboundDeps, probeRequest } from './probing.ts'
import { type RecordedAnswer, type RecordedRequest, type Recorder, startRecorder } from './recorder.ts'

export const GOOD = 'sk-good-0123456789abcdef'
export const LIST: RecordedAnswer = { status: 200, body: { object: 'list', data: [{ id: 'model-a' }] } }
export const KEYED_TYPES = ['ANTHROPIC', 'AZURE', 'BEDROCK', 'GOOGLE', 'OPENAI', 'OPENAI_COMPAT', 'OPENROUTER', 'VERCEL'] as const

/** Tests keys at upstreams that answer as told, each of which is closed before the next one and after the test. */
export function useProbe() {
  let server: Recorder | null = null
  const close = async () => {
    await server?.close()
    server = null
  }
  afterEach(close)
  return {
    probe: async (respond: (request: RecordedRequest) => RecordedAnswer | null, request: Partial<ProbeRequest> = {}) => {
      await close()
      server = await startRecorder(respond)
      const usual = { type: 'OPENAI_COMPAT', baseUrl: `${server.origin}/v1`, credential: apiKey(GOOD) } as const
      return probeConnection(probeRequest({ ...usual, ...request }), outboundDeps())
    },
    /** What the upstream of the latest test was sent. */
    requests: () => server?.requests ?? [],
  }
}
