import { z } from 'zod'
import { id, time } from './wire.ts'

/** What clients of Coder's API ask for before anything else: who they are, and what the server is. */

const role = z.strictObject({ name: z.string(), display_name: z.string() })

export const user = z
  .strictObject({
    id,
    username: z.string().meta({ description: "The token's name as a word: lowercase letters, digits and hyphens." }),
    name: z.string().meta({ description: "The token's name." }),
    avatar_url: z.literal(''),
    email: z.literal(''),
    created_at: time,
    updated_at: time,
    last_seen_at: time,
    status: z.literal('active'),
    login_type: z.literal('token'),
    is_service_account: z.literal(true),
    organization_ids: z.array(id).length(1).meta({ description: 'One and the same for every token: the gateway has no organizations.' }),
    roles: z.array(role).meta({ description: '`owner` for an admin, else none.' }),
  })
  .meta({ description: 'The token of the request.' })

export const entitlements = z
  .strictObject({
    features: z.strictObject({}),
    warnings: z.array(z.string()),
    errors: z.array(z.string()),
    has_license: z.literal(false),
    trial: z.literal(false),
    require_telemetry: z.literal(false),
    refreshed_at: time,
  })
  .meta({ description: 'No feature that takes a licence of Coder, and no licence.' })

export const buildInfo = z.strictObject({
  external_url: z.literal(''),
  version: z.string().meta({ description: 'Of the gateway.' }),
  telemetry: z.literal(false),
  workspace_proxy: z.literal(false),
})

export type UserBody = z.output<typeof user>
export type EntitlementsBody = z.output<typeof entitlements>
export type BuildInfoBody = z.output<typeof buildInfo>
