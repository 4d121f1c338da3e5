import type { Caller } from '../../auth/principal.ts'
import { Secret } from '../../crypto/secret.ts'
import { readCredentialParts } from '../../destination/stored-rows.ts'
import { ValidationError } from '../../errors.ts'
import type { ProviderDeps } from '../../providers/provider-deps.ts'
import { hasCredentialInQuery } from '../../providers/provider-input.ts'
import { planNewProvider } from '../apply/plan-creation.ts'
import { problemsOf } from '../apply/providers-file.ts'
import { PartialFailure } from '../failure.ts'
import { type ExportedRow, toFileProvider } from './to-file-provider.ts'

/** What a file cannot say of a provider by the rules for what people write. */
export interface ExportFinding {
  /** Whether `apply` takes it only as it was stored: some dialects accept what a file may not have. */
  readonly asStored: boolean
  /** For the person who reads standard error. */
  readonly notes: readonly string[]
}

/** Holds each exported provider to the rules of `apply`, so that what it prints is never refused there without a word here. */
export function exportCheck(outbound: Pick<ProviderDeps, 'checkEndpoint' | 'checkProxy' | 'endpointWarning'>, caller: Caller) {
  // Whether the other gateway offers a variable is not known here.
  const deps = { ...outbound, readSecretVariable: () => new Secret('sk-of-a-variable') }
  const problemsAs = async (row: ExportedRow, asStored: boolean): Promise<string[]> => {
    try {
      await planNewProvider(deps, caller, { ...toFileProvider(row, standIn), asStored }, standInSecrets())
      return []
    } catch (error) {
      if (!(error instanceof ValidationError || error instanceof PartialFailure)) throw error
      return problemsOf(error)
    }
  }
  return async (row: ExportedRow): Promise<ExportFinding> => {
    const problems = [...(await problemsAs(row, false)), ...repeatedKeys(row)]
    const asStored = problems.length > 0
    const left = asStored ? await problemsAs(row, true) : []
    const notes = [
      ...(asStored ? [`exported with \`asStored: true\`, because a file may not say this by itself: ${problems.join(' ')}`] : []),
      ...left.map((problem) => `\`apply\` will refuse this; change it at the provider first: ${problem}`),
      ...notesOf(row),
    ]
    return { asStored, notes }
  }
}

/** In place of secrets: which ones they are makes no difference to the rules, but that they differ. */
function standIn(...words: readonly string[]): { readonly env: string } {
  return { env: words.join('_') }
}

function standInSecrets(): () => Secret {
  let count = 0
  return () => {
    count += 1
    return new Secret(`sk-in-place-of-the-stored-one-${count}`)
  }
}

function repeatedKeys({ apiKeys }: ExportedRow): string[] {
  const stored = apiKeys.flatMap(({ secret }) => (secret === null ? [] : [secret.fingerprint]))
  return new Set(stored).size === stored.length ? [] : ['It has the same key value twice.']
}

function notesOf({ baseUrl, apiKeys }: ExportedRow): string[] {
  const variables = apiKeys.flatMap((key) => [
    key.environmentVariable,
    key.endpointVariable,
    ...readCredentialParts(key.credentialParts).map((part) => part.environmentVariable),
  ])
  const names = [...new Set(variables.filter((name) => name !== null))]
  return [
    ...(names.length === 0
      ? []
      : [`list ${names.join(', ')} in SECRET_ENV_ALLOW where you apply the file, for \`apply\` and for the gateway.`]),
    ...(hasCredentialInQuery(baseUrl) ? ['the query of its base URL has a credential, which is in the file.'] : []),
  ]
}
