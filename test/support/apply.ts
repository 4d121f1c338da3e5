import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect } from 'vitest'
import { generateKeyText } from '../../src/crypto/keyring.ts'
import { runCommand } from './command-line.ts'
import { leaksIn } from './planted.ts'
import { writerOf } from './providers.ts'
import { FILE_KEY, providersFile, SECRETS } from './providers-file.ts'
import { startRecorder } from './recorder.ts'
import { withStore } from './store.ts'
import { useGateway } from './use.ts'
import { useStarted } from './use-started.ts'

export const KEYS = generateKeyText()

/** What `gateway apply --json` says. */
export interface Plan {
  readonly plan: readonly { readonly name: string; readonly action: string; readonly changes: readonly string[] }[]
  readonly applied: boolean
  readonly failures: readonly { readonly name: string; readonly message: string }[]
}

/** Runs `apply` and `export` over the database of a gateway, which each test finds empty; none of them may say a secret. */
export function useApply() {
  const upstream = useStarted(() => startRecorder(SECRETS.FIRST_KEY, FILE_KEY))
  const gateway = useGateway({ environment: { ENCRYPTION_KEYS: KEYS, OUTBOUND_ALLOW: 'loopback' } })
  let said = ''
  beforeEach(async () => {
    said = ''
    await withStore(gateway, (store) => store.provider.deleteMany())
    write(`${FILE_KEY}\n`, 'second.key')
  })
  afterEach(() => {
    expect(leaksIn(said, [...Object.values(SECRETS), FILE_KEY, KEYS.slice(7)])).toEqual([])
  })

  const environment = () => ({ ...gateway.shared, ENCRYPTION_KEYS: KEYS, OUTBOUND_ALLOW: 'loopback', ...SECRETS })
  const write = (content: string, name = 'providers.yaml') => {
    writeFileSync(join(gateway.folder, name), content)
    return join(gateway.folder, name)
  }
  async function run(argv: readonly string[], input = '') {
    const result = await runCommand(argv, { environment: environment(), input })
    said += result.output + result.errors
    return result
  }
  async function apply(content: string, ...options: string[]): Promise<Plan> {
    const { exitCode, output, errors } = await run(['apply', '-f', write(content), '--json', ...options])
    if (exitCode !== 0) throw new Error(errors)
    return JSON.parse(output)
  }
  return {
    ...{ gateway, upstream, environment, write, run, apply },
    writer: writerOf(gateway),
    revision: () => withStore(gateway, async (store) => (await store.revision.findFirstOrThrow()).value),
    /** A file with providers of every kind. */
    everything: () => providersFile(upstream.origin),
  }
}
