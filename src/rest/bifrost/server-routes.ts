import { z } from 'zod'
import { VERSION } from '../../version.ts'
import { accessOf, type Route, route } from '../dialect.ts'
import { answer } from './answer.ts'

const { read } = accessOf(0)

export const config = z
  .strictObject({
    client_config: z.strictObject({ enforce_auth_on_inference: z.literal(true), allowed_origins: z.array(z.string()) }),
    framework_config: z.strictObject({ id: z.literal(0), pricing_url: z.literal(''), pricing_sync_interval: z.literal(0) }),
    is_db_connected: z.literal(true),
    is_cache_connected: z.literal(false),
    is_logs_connected: z.literal(false),
    metadata: z.strictObject({ onboarding_dismissed: z.literal(true) }),
  })
  .meta({ description: 'What the UI of Bifrost decides by what it shows: providers, and neither logs nor a checklist of settings.' })

const CONFIG: z.output<typeof config> = {
  client_config: { enforce_auth_on_inference: true, allowed_origins: [] },
  framework_config: { id: 0, pricing_url: '', pricing_sync_interval: 0 },
  is_db_connected: true,
  is_cache_connected: false,
  is_logs_connected: false,
  metadata: { onboarding_dismissed: true },
}

const version = z.string().meta({ description: 'Of the gateway.' })

/** What the UI of Bifrost asks for before it opens (Bifrost contract, decisions at its top). */
export const SERVER_ROUTES: readonly Route[] = [
  route(
    { name: 'getConfig', method: 'GET', path: '/api/config/', ...read, handle: () => answer(200, CONFIG) },
    { summary: 'What the server is able to do', answers: { 200: { description: 'The same always.', schema: config } } },
  ),
  route(
    { name: 'getVersion', method: 'GET', path: '/api/version/', ...read, handle: () => answer(200, `v${VERSION}`) },
    { summary: 'The release of the gateway', answers: { 200: { description: 'The release, as a text.', schema: version } } },
  ),
]
