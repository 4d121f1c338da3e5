import type { CallScope } from '../auth/call-scope.ts'
import type { Database } from '../database/client.ts'
import type { ProviderType } from '../upstream/vendors/provider-type.ts'
import { callPath } from './call-path.ts'

/** The base URLs that an SDK takes, by whose SDK it is, below a provider's own path. */
const BASE_PATHS: Readonly<Record<ProviderType, Readonly<Record<string, string>>>> = {
  ANTHROPIC: { anthropic: '', openai: '/v1' },
  AZURE: { openai: '/openai/v1' },
  BEDROCK: { bedrock: '', openai: '/openai/v1' },
  COPILOT: { openai: '' },
  GOOGLE: { google: '', openai: '/v1beta/openai' },
  OPENAI: { openai: '/v1' },
  OPENAI_COMPAT: { openai: '/v1' },
  OPENROUTER: { openai: '/v1', anthropic: '' },
  VERCEL: { openai: '/v1', anthropic: '' },
}

/** One provider that a token may call. */
export interface ListedProvider {
  readonly name: string
  readonly type: ProviderType
  /** By whose SDK: `openai`, `anthropic`, `google`, `bedrock`. Whole URLs where the gateway knows its own, else paths. */
  readonly baseUrls: Readonly<Record<string, string>>
}

/** The enabled providers in the scope, by name. */
export async function listCallableProviders(
  { prisma }: Pick<Database, 'prisma'>,
  { providers }: CallScope,
  publicUrl: string,
): Promise<ListedProvider[]> {
  const inScope = providers === null ? {} : { id: { in: [...providers] } }
  const rows = await prisma.provider.findMany({
    where: { enabled: true, deletedAt: null, ...inScope },
    select: { name: true, type: true, settings: true },
    orderBy: { name: 'asc' },
  })
  return rows.map(({ name, type: stored, settings }) => {
    const type = settings === null ? stored : 'BEDROCK'
    const own = publicUrl + callPath(name)
    return { name, type, baseUrls: Object.fromEntries(Object.entries(BASE_PATHS[type]).map(([sdk, path]) => [sdk, own + path])) }
  })
}
