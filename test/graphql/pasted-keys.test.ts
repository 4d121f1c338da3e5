import { describe, expect, test } from 'vitest'
import { runCommand } from '../support/command-line.ts'
import { writerAs } from '../support/providers.ts'
import { useGateway } from '../support/use.ts'

const gateway = useGateway()
const editor = writerAs(gateway, 'EDITOR')

const KEY = 'sk-proj-4f9a2c71d0e83b56'
const ACCOUNT = JSON.stringify({ type: 'service_account', private_key_id: 'abc', private_key: '-----BEGIN PRIVATE KEY-----\nMIIE' })

describe('the command line refuses a key with something around it as the API does, and shows nothing of it', () => {
  test.each([
    [`Bearer ${KEY}`, 'without `Bearer`'],
    [`OPENAI_API_KEY=${KEY}`, 'without the name and the `=`'],
    [`"${KEY}"`, 'without the quotes'],
    [ACCOUNT, "Google service account's JSON file"],
    ['sk-PASTE-A-KEY-HERE', 'placeholder'],
    ['your-api-key', 'placeholder'],
  ])('%j', async (value, words) => {
    const file =
      'providers: [{ name: pasted, type: OPENAI, baseUrl: "https://api.openai.com/v1", apiKeys: [{ valueFrom: { env: PASTED } }] }]'
    const environment = { ...gateway.shared, PASTED: value }
    const { exitCode, output, errors } = await runCommand(['apply', '-f', '-'], { environment, input: file })
    expect(exitCode).toBe(1)
    expect(errors.replaceAll(/\s+/g, ' ')).toContain(words)
    expect(output + errors).not.toMatch(/4f9a2c71|MIIE/)
    expect(await gateway.ask('{ provider(by: { name: "pasted" }) { id } }')).toEqual({ provider: null })
  })
})

describe('a key with something around it is refused, and told what to leave out', () => {
  test.each([
    [`Bearer ${KEY}`, 'without `Bearer`'],
    [`bearer  ${KEY}`, 'without `Bearer`'],
    [`Bearer:${KEY}`, 'without `Bearer`'],
    [`Authorization: Bearer ${KEY}`, 'without the header name'],
    [`x-api-key: ${KEY}`, 'without the header name'],
    [`Token ${KEY}`, 'without the word before'],
    [`"${KEY}"`, 'without the quotes'],
    [`'${KEY}'`, 'without the quotes'],
    [`\`${KEY}\``, 'without the quotes'],
    [`${KEY}"`, 'without the quotes'],
    [`OPENAI_API_KEY=${KEY}`, 'without the name and the `=`'],
    [`OPENAI_API_KEY="${KEY}"`, 'without the name and the `=`'],
    [`export ANTHROPIC_API_KEY = ${KEY}`, 'without the name and the `=`'],
    [`$env:GROQ_API_KEY=${KEY}`, 'without the name and the `=`'],
    [`{"key":"${KEY}"}`, 'without the JSON'],
    [ACCOUNT, "Google service account's JSON file"],
    ['sk-PASTE-A-KEY-HERE', 'placeholder'],
    ['your-api-key', 'placeholder'],
    ['YOUR_API_KEY_HERE', 'placeholder'],
    ['sk-your-key-here', 'placeholder'],
    ['<your key>', 'placeholder'],
    [`\${OPENAI_API_KEY}`, 'placeholder'],
    ['$OPENAI_API_KEY', 'placeholder'],
    ['{{ api_key }}', 'without the JSON'],
    ['sk-xxxxxxxxxxxx', 'placeholder'],
    ['changeme', 'placeholder'],
  ])('%j', async (value, words) => {
    const { issues } = await editor.create({ type: 'OPENAI', apiKeys: [{ credential: { value } }] })
    expect(issues?.map(({ path }) => path)).toContainEqual(['apiKeys', '0', 'credential', 'value'])
    expect(issues?.map(({ message }) => message).join(' ')).toContain(words)
    expect(JSON.stringify(issues)).not.toContain('4f9a2c71')
    const provider = await editor.created({ type: 'OPENAI', apiKeys: [{ credential: { value: KEY } }] })
    const changed = await editor.update(provider.id, { apiKeys: [{ add: { credential: { value } } }] })
    expect(changed.issues?.map(({ message }) => message).join(' ')).toContain(words)
  })

  test.each([
    ...[KEY, 'sk-ant-api03-a_b-c', 'AIzaSyA-1_b2c3', 'AKIAIOSFODNN7EXAMPLE', 'ABSKQmVkcm9ja0FQSUtleS1=', 'ABCDEF==', 'YWJjZA==', 'EMPTY'],
    ...[
      'lm-studio',
      'ollama',
      'none',
      'sk-no-key-required',
      'tokenized-value',
      'bearerish-key',
      'my-relay-1',
      'eyJhbGciOi.eyJzdWIi.c2ln',
      'a:b',
      'id:secret',
    ],
  ])('%j is taken for a key', async (value) => {
    await editor.created({ type: 'OPENAI_COMPAT', apiKeys: [{ credential: { value } }] })
  })
})
