import './scalars.ts'
import './errors.ts'
import './types/access-token.ts'
import './types/api-key.ts'
import './types/connection-test.ts'
import './types/provider.ts'
import './types/provider-mutations.ts'
import './types/provider-type-info.ts'
import './types/test-connection.ts'
import { builder } from './builder.ts'

/** The whole schema. What it prints is committed as `schema.graphql`, and a test keeps the two equal. */
export const schema = builder.toSchema()
