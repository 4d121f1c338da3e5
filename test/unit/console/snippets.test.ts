import { expect, test } from 'vitest'
import { modelFor, routeSnippets, snippetsFor } from '../../../console/src/use/snippets.ts'

const TYPES = ['ANTHROPIC', 'AZURE', 'BEDROCK', 'COPILOT', 'GOOGLE', 'OPENAI', 'OPENAI_COMPAT', 'OPENROUTER', 'VERCEL'] as const
const target = { name: 'mine', url: 'https://gateway.example.com/ai/mine', model: 'm', region: 'us-east-1' }

test.each(TYPES)('the snippets of %s have names of their own, the address, and the place of the token', (type) => {
  const snippets = snippetsFor(type, target)
  expect(new Set(snippets.map(({ id }) => id)).size).toBe(snippets.length)
  expect(snippets[0]?.id).toBe('curl')
  for (const { text, where } of snippets) {
    expect(text).toContain(target.url)
    expect(`${text} ${where}`).toContain('GATEWAY_TOKEN')
  }
})

test("the snippets of a route name it as the model at the address of the gateway, and Anthropic's clients where a target takes their format", () => {
  const route = { name: 'fast', url: 'https://gateway.example.com', model: 'fast', region: '' }
  const idsOf = (...types: (typeof TYPES)[number][]) => routeSnippets(route, types).map(({ id }) => id)
  for (const { id, text } of routeSnippets(route, ['OPENAI', 'ANTHROPIC'])) expect(text, id).toMatch(/https:\/\/gateway\.example\.com['"/]/)
  expect(routeSnippets(route, ['ANTHROPIC']).find(({ id }) => id === 'claude-code')?.text).toContain("ANTHROPIC_MODEL='fast'")
  expect(idsOf('OPENAI', 'AZURE')).not.toContain('claude-code')
  expect(idsOf('OPENAI', 'ANTHROPIC')).toEqual(expect.arrayContaining(['claude-code', 'anthropic', 'openai-python', 'open-webui']))
})

test('a model of the list of a vendor is put into a snippet only when it means nothing to a shell', () => {
  const hostile = ['$(reboot)', "x'; reboot; '", 'a b', '`reboot`', '模型', 'x"y', 'x\\y', '-o/tmp/x']
  expect(modelFor('OPENAI_COMPAT', hostile)).toBe('your-model')
  expect(modelFor('OPENAI_COMPAT', [...hostile, 'text-embedding-3-large', 'llama-3.3-70b'])).toBe('llama-3.3-70b')
})

test('the usual model of a vendor is taken where it is listed, or nothing is', () => {
  expect(modelFor('OPENAI', [])).toBe('gpt-5')
  expect(modelFor('OPENAI', ['babbage-002', 'gpt-5'])).toBe('gpt-5')
  expect(modelFor('OPENAI', ['gpt-4.1'])).toBe('gpt-4.1')
})

test('no model is named that the patterns of a token keep out', () => {
  expect(modelFor('OPENAI', ['gpt-4*'])).toBe('your-model')
  expect(modelFor('OPENAI', ['gpt.*', 'o3'])).toBe('o3')
  expect(modelFor('OPENAI', ['gpt-*'])).toBe('gpt-5')
  expect(modelFor('OPENAI', ['g*-5*'])).toBe('gpt-5')
})

test('an address with a quote in it stays one word of the shell', () => {
  const [curl] = snippetsFor('OPENAI', { ...target, url: "https://gateway.example.com/ai/it's" })
  expect(curl?.text).toContain(`'https://gateway.example.com/ai/it'\\''s/v1/chat/completions'`)
})
