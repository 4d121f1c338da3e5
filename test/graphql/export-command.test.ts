import { describe, expect, test } from 'vitest'
import { generateKeyText } from '../../src/crypto/keyring.ts'
import { KEYS, useApply } from '../support/apply.ts'
import { runCommand } from '../support/command-line.ts'
import { startTestGateway } from '../support/gateway.ts'
import { FILE_KEY, SECRETS } from '../support/providers-file.ts'

const { upstream, environment, run, apply, revision, everything } = useApply()

describe('export', () => {
  test('has no secrets, and applied to the same gateway it changes nothing', async () => {
    await apply(everything())
    for (const form of [[], ['--json']]) {
      const { output } = await run(['export', ...form])
      const before = await revision()
      expect(await run(['apply', '-f', '-'], output)).toMatchObject({
        exitCode: 0,
        output: '0 to create, 0 to change, 0 to delete, 5 unchanged.\n',
      })
      expect(await revision()).toBe(before)
    }
  })

  test('with --variables gives each secret a variable of its own, whatever the names', async () => {
    await apply(`providers:
  - { name: openai, type: OPENAI, baseUrl: "${upstream.origin}", network: { extraHeaders: [{ name: X-Api-Key, valueFrom: { env: TEAM_KEY } }] } }
  - { name: openai-x, type: OPENAI, baseUrl: "${upstream.origin}", apiKeys: [{ valueFrom: { env: FIRST_KEY } }] }
  - { name: 4ai, type: OPENAI, baseUrl: "${upstream.origin}", apiKeys: [{ valueFrom: { env: OTHER_KEY } }] }
  - { name: metrics, type: OPENAI, baseUrl: "${upstream.origin}", network: { extraHeaders: [{ name: X, value: plain }, { name: My-Token, valueFrom: { env: TEAM_KEY } }] } }
`)
    const { output } = await run(['export', '--variables'])
    expect(Array.from(output.matchAll(/env: (\S+)/g), ([, name]) => name)).toEqual([
      '_4AI_API_KEY',
      'METRICS_MY_TOKEN',
      'OPENAI_X_API_KEY',
      'OPENAI_X_API_KEY_2',
    ])
  })

  test('with --variables gives no secret a variable that another key is read from', async () => {
    const input = `providers:
  - { name: openai, type: OPENAI, baseUrl: "${upstream.origin}", apiKeys: [{ valueFrom: { env: FIRST_KEY } }], network: { extraHeaders: [{ name: X-Key, valueFrom: { env: TEAM_KEY } }] } }
  - { name: openai-eu, type: OPENAI, baseUrl: "${upstream.origin}", apiKeys: [{ environmentVariable: OPENAI_API_KEY, credentialParts: [{ name: aws.sessionToken, environmentVariable: OPENAI_X_KEY }] }] }
`
    const allowing = { environment: { ...environment(), SECRET_ENV_ALLOW: 'OPENAI_API_KEY,OPENAI_X_KEY' }, input }
    expect(await runCommand(['apply', '-f', '-'], allowing)).toMatchObject({ exitCode: 0 })
    const { output } = await run(['export', '--variables'])
    expect(Array.from(output.matchAll(/(?:env|environmentVariable): (\S+)/g), ([, name]) => name)).toEqual([
      ...['OPENAI_X_KEY_2', 'OPENAI_API_KEY_2'],
      ...['OPENAI_API_KEY', 'OPENAI_X_KEY'],
    ])
  })

  test('with --variables makes the same providers in another gateway', async () => {
    await apply(everything())
    // It needs no encryption key: this is what is left to somebody who has lost theirs.
    const { output } = await runCommand(['export', '--variables'], {
      environment: { ...environment(), ENCRYPTION_KEYS: generateKeyText() },
    })
    const other = await startTestGateway({ environment: { ENCRYPTION_KEYS: KEYS, OUTBOUND_ALLOW: 'loopback' } })
    try {
      const variables = {
        ...{ OPENAI_API_KEY_1: SECRETS.FIRST_KEY, OPENAI_API_KEY_2: FILE_KEY, OPENAI_API_KEY_3: SECRETS.OTHER_KEY },
        ...{ OPENAI_X_API_KEY: SECRETS.TEAM_KEY, BEHIND_A_PROXY_PROXY_PASSWORD: SECRETS.PROXY_PASSWORD },
        ...{ MODELS_ON_AWS_ACCESS_KEY: SECRETS.ACCESS_KEY, MODELS_ON_AWS_ACCESS_KEY_SECRET: SECRETS.ACCESS_KEY_SECRET },
      }
      const there = {
        environment: { ...other.shared, ENCRYPTION_KEYS: KEYS, OUTBOUND_ALLOW: 'loopback', ...variables },
        input: output,
      }
      expect(await runCommand(['apply', '-f', '-'], there)).toMatchObject({ exitCode: 0, errors: '' })
      const again = await runCommand(['export', '--variables'], there)
      expect(again.output).toBe(output)
      expect(await runCommand(['apply', '-f', '-'], there)).toMatchObject({ output: expect.stringContaining('5 unchanged') })
    } finally {
      await other.close()
    }
  })
})
