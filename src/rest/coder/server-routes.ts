import { decodeGlobalID } from '@pothos/plugin-relay'
import { Fault } from '../../errors.ts'
import { GetMeDocument, type GetMeQuery } from '../../generated/coder-documents.ts'
import { type Answer, json } from '../../http/respond.ts'
import { VERSION } from '../../version.ts'
import { accessOf, type RestRequest, route } from '../dialect.ts'
import { type BuildInfoBody, buildInfo, type EntitlementsBody, entitlements, type UserBody, user } from './wire-server.ts'

const { read } = accessOf(0)

/** What Coder's Terraform provider and SDK ask for before they work with providers. */
export const SERVER_ROUTES = [
  route(
    { name: 'getMe', method: 'GET', path: '/api/v2/users/me', ...read, handle: getMe },
    { summary: 'The token of the request as a user', answers: { 200: { description: 'The user.', schema: user } } },
  ),
  route(
    { name: 'getEntitlements', method: 'GET', path: '/api/v2/entitlements', ...read, handle: () => json(200, ENTITLEMENTS) },
    { summary: "What a licence of Coder's allows: nothing", answers: { 200: { description: 'The features.', schema: entitlements } } },
  ),
  route(
    { name: 'getBuildInfo', method: 'GET', path: '/api/v2/buildinfo', ...read, handle: () => json(200, BUILD_INFO) },
    { summary: 'The release of the gateway', answers: { 200: { description: 'The release.', schema: buildInfo } } },
  ),
]

/** Clients take the first one of a user for their default, and send it with what the gateway does not have. */
const ORGANIZATION_ID = '9b6f1a52-3c1e-4d0b-8f7a-2e5d4c8b7a10'

const ENTITLEMENTS: EntitlementsBody = {
  features: {},
  warnings: [],
  errors: [],
  has_license: false,
  trial: false,
  require_telemetry: false,
  // Of a server that has never asked for its licence.
  refreshed_at: '0001-01-01T00:00:00Z',
}

const BUILD_INFO: BuildInfoBody = { external_url: '', version: `v${VERSION}`, telemetry: false, workspace_proxy: false }

async function getMe({ run }: RestRequest): Promise<Answer> {
  const { viewer } = await run(GetMeDocument, {})
  if (viewer.token === null) throw new Fault('FORBIDDEN', 'A user of this API is a token.')
  return json(200, toUser(viewer.role, viewer.token))
}

type Token = NonNullable<GetMeQuery['viewer']['token']>

function toUser(role: GetMeQuery['viewer']['role'], { id, name, createdAt, lastUsedAt }: Token): UserBody {
  return {
    id: decodeGlobalID(id).id,
    username: toUsername(name),
    name,
    avatar_url: '',
    email: '',
    created_at: createdAt,
    updated_at: createdAt,
    last_seen_at: lastUsedAt ?? createdAt,
    status: 'active',
    login_type: 'token',
    is_service_account: true,
    organization_ids: [ORGANIZATION_ID],
    roles: role === 'ADMIN' ? [{ name: 'owner', display_name: 'Owner' }] : [],
  }
}

const MAX_USERNAME_LENGTH = 32

/** A user's name in Coder is a word; what a token is called may be any text. */
function toUsername(name: string): string {
  const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? ['token']
  return words.join('-').slice(0, MAX_USERNAME_LENGTH).replace(/-$/, '')
}
