import './scalars.ts'
import './errors.ts'
import './types/access-token.ts'
import './types/api-key.ts'
import './types/api-keys.ts'
import './types/audit-event.ts'
import './types/call-scope.ts'
import './types/connection-test.ts'
import './types/credential-part.ts'
import './types/extensions.ts'
import './types/model-call.ts'
import './types/model-route.ts'
import './types/model-route-mutations.ts'
import './types/network.ts'
import './types/provider.ts'
import './types/provider-change.ts'
import './types/provider-models.ts'
import './types/provider-offset-page.ts'
import './types/provider-mutations.ts'
import './types/provider-type-info.ts'
import './types/reset-key-availability.ts'
import './types/test-connection.ts'
import './types/update-access-token.ts'
import './types/upsert-provider.ts'
import './types/usage.ts'
import './types/viewer.ts'
import { type GraphQLSchema, isObjectType } from 'graphql'
import { auditRefusals } from './audit-refusals.ts'
import { boundTexts } from './bound-texts.ts'
import { builder } from './builder.ts'

/** The whole schema. What it prints is committed as `schema.graphql`, and a test keeps the two equal. */
export const schema = complete(builder.toSchema())

function complete(built: GraphQLSchema): GraphQLSchema {
  const mutations = built.getMutationType()
  if (mutations) auditRefusals(mutations)
  // Last, so that nothing else is done with a text that is too long.
  boundTexts(built)
  return describeTotals(built)
}

/** The plugin that adds `totalCount` to connections takes no description for it. */
function describeTotals(built: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(built.getTypeMap())) {
    const total = isObjectType(type) ? type.getFields().totalCount : undefined
    if (total) total.description ??= 'How many nodes all pages have together.'
  }
  return built
}
