import type { Writer } from './providers.ts'

const ENDPOINTS: readonly (readonly [name: string, type: string, path: string])[] = [
  ['openai', 'OPENAI', '/v1'],
  ['anthropic', 'ANTHROPIC', ''],
  ['google', 'GOOGLE', ''],
  ['gemini-openai', 'GOOGLE', '/v1beta/openai'],
  ['azure', 'AZURE', ''],
  ['openrouter', 'OPENROUTER', '/api/v1'],
  ['vercel', 'VERCEL', '/v1'],
]

/** Stores a provider of every type, each of which calls this origin: with the key, where the type has one. */
export async function storeEveryType(writer: Writer, origin: string, key: string): Promise<void> {
  for (const [name, type, path] of ENDPOINTS)
    await writer.created({ name, type, baseUrl: origin + path, apiKeys: [{ credential: { value: key } }] })
  await writer.created({ name: 'copilot', type: 'COPILOT', baseUrl: origin })
  const bedrock = { region: 'eu-central-1', accessKey: 'AKIAFIXTUREAAAABBBB1', accessKeySecret: 'sk-aws-secret-fixture-aaaa-bbbb' }
  await writer.created({ name: 'bedrock', type: 'BEDROCK', baseUrl: origin, settings: { bedrock } })
}
