import { ApiKeyNotFoundError, Fault, ProviderNotFoundError, ValidationError } from '../../errors.ts'
import { testDraftConnection } from '../../providers/test-draft.ts'
import { type TestedConnection, testSavedConnection } from '../../providers/test-saved-connection.ts'
import { builder } from '../builder.ts'
import { ApiKey } from './api-key.ts'
import { toApiKeyId } from './api-key-inputs.ts'
import { ConnectionTest } from './connection-test.ts'
import { NetworkConfigInput, toNetwork } from './network-inputs.ts'
import { Provider, ProviderRefInput, ProviderType, toProviderRef } from './provider.ts'
import { ProviderSettingsInput, toSettings } from './provider-inputs.ts'

const SavedConnectionInput = builder.inputType('SavedConnectionInput', {
  description: 'A stored provider to test. All enabled keys are tested when `apiKeyId` is omitted.',
  fields: (t) => ({
    provider: t.field({ type: ProviderRefInput, required: true, description: 'Which one.' }),
    apiKeyId: t.globalID({ for: ApiKey, description: 'Only this key, even when it is disabled.' }),
    wait: t.boolean({
      defaultValue: true,
      description:
        'Whether to wait for a test of this provider that is under way. With false the answer is then RATE_LIMITED at once, and nothing is stored.',
    }),
  }),
})

const DraftConnectionInput = builder.inputType('DraftConnectionInput', {
  description: 'Values to test before they are saved. Nothing is stored.',
  fields: (t) => ({
    type: t.field({ type: ProviderType, required: true, description: 'The protocol of the upstream.' }),
    baseUrl: t.string({ required: true, description: 'Absolute URL of the API.' }),
    apiKey: t.field({ type: 'Secret', description: 'The key to try.' }),
    settings: t.field({ type: ProviderSettingsInput, description: 'Type-specific settings.' }),
    network: t.field({ type: NetworkConfigInput, description: 'How to reach the upstream; the defaults when omitted.' }),
  }),
})

const TestConnectionInput = builder.inputType('TestConnectionInput', {
  isOneOf: true,
  description: 'What to test: something stored, or a draft.',
  fields: (t) => ({
    saved: t.field({ type: SavedConnectionInput, description: 'A stored provider.' }),
    draft: t.field({ type: DraftConnectionInput, description: 'Values that are not saved.' }),
  }),
})

const TestConnectionPayload = builder.objectRef<TestedConnection>('TestConnectionPayload').implement({
  description: 'What the upstream answered.',
  authScopes: { viewer: true },
  fields: (t) => ({
    success: t.boolean({ resolve: ({ worst }) => worst.status === 'OK', description: 'Whether every key tried works.' }),
    test: t.field({ type: ConnectionTest, resolve: ({ worst }) => worst, description: 'The worst of `tests`.' }),
    tests: t.field({ type: [ConnectionTest], resolve: ({ tests }) => [...tests], description: 'One test per key tried.' }),
    provider: t.prismaField({
      type: Provider,
      nullable: true,
      // A draft has no id, which nothing matches: Pothos takes a query that is not used for a mistake.
      resolve: (query, { providerId }, _args, { deps }) =>
        deps.database.prisma.provider.findFirst({ ...query, where: { id: providerId ?? '', deletedAt: null } }),
      description: 'The provider tested; `null` for a draft.',
    }),
  }),
})

builder.mutationField('testConnection', (t) =>
  t.field({
    type: TestConnectionPayload,
    authScopes: { editor: true },
    errors: {
      types: [ValidationError, ProviderNotFoundError, ApiKeyNotFoundError],
      union: { name: 'TestConnectionResult', description: 'What the test found, or why there was none.' },
    },
    args: { input: t.arg({ type: TestConnectionInput, required: true, description: 'What to test.' }) },
    resolve: (_root, { input: { saved, draft } }, context) => {
      if (saved)
        return testSavedConnection(
          context.deps,
          context,
          toProviderRef(saved.provider),
          saved.apiKeyId ? toApiKeyId(saved.apiKeyId) : undefined,
          saved.wait ?? true,
        )
      if (!draft) throw new Fault('BAD_USER_INPUT', 'Give exactly one of `saved` and `draft`.')
      const { type, baseUrl, apiKey } = draft
      const parts = { apiKey: apiKey ?? undefined, settings: toSettings(draft.settings), network: toNetwork(draft.network) }
      return testDraftConnection(context.deps, context, { type, baseUrl, ...parts })
    },
    description:
      'Calls the upstream with a stored key, or with a draft that is not saved. A refusal by the upstream is a result, not an error. Requires `editor`.',
  }),
)
