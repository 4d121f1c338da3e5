import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { coderClient } from '../../support/coder-client.ts'
import { withStore } from '../../support/store.ts'
import { useGateway } from '../../support/use.ts'

const gateway = useGateway()

/** All the shell in the document, in its order and as it stands there. */
const script = Array.from(readFileSync('docs/coder.md', 'utf8').matchAll(/^```shell\n(.*?)^```$/gms), ([, block]) => block).join('\n')

it('does what docs/coder.md says, with sh and curl alone', async () => {
  const token = await gateway.token('EDITOR')
  const env = { PATH: process.env.PATH, GATEWAY_URL: gateway.url, GATEWAY_TOKEN: token }
  const { stdout, stderr } = await promisify(execFile)('sh', ['-c', script], { env })
  expect(stderr).toBe('')
  const [created, list, read, rotated, disabled, recreated] = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
  const masks = (provider: { api_keys: { masked: string }[] }) => provider.api_keys.map(({ masked }) => masked)
  expect(masks(created)).toEqual(['sk-e...1111', 'sk-e...2222'])
  expect(list).toEqual([created])
  expect(read).toEqual(created)
  expect(masks(rotated)).toEqual(['sk-e...1111', 'sk-e...3333'])
  expect(rotated.api_keys[0]).toEqual(created.api_keys[0])
  expect(disabled).toMatchObject({ id: created.id, enabled: false, api_keys: rotated.api_keys })
  expect(recreated).toMatchObject({ name: 'walk-through', type: 'anthropic', api_keys: [] })
  expect(recreated.id).not.toBe(created.id)
  expect(await coderClient(gateway).list()).toEqual([recreated])
  expect(stdout).not.toContain('sk-example')

  const events = await withStore(gateway, (store) => store.auditEvent.findMany({ where: { channel: 'coder' }, orderBy: { number: 'asc' } }))
  expect(events.map(({ action }) => action.replace('provider.', ''))).toEqual(['created', 'updated', 'updated', 'deleted', 'created'])
})
