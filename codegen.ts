import { readdirSync } from 'node:fs'
import type { CodegenConfig } from '@graphql-codegen/cli'

/**
 * Types the GraphQL operations of the REST dialects: for each `src/rest/<dialect>/operations`, one file
 * `src/generated/<dialect>-documents.ts`. Reads the committed schema, so it needs neither a database nor the server.
 */
const dialects = readdirSync('src/rest', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name === 'operations')
  .map((entry) => entry.parentPath.split(/[\\/]/).at(-1) ?? '')

const config: CodegenConfig = {
  schema: 'schema.graphql',
  silent: true,
  generates: Object.fromEntries(
    dialects.map((dialect) => [
      `src/generated/${dialect}-documents.ts`,
      {
        documents: ['src/rest/problem.graphql', `src/rest/${dialect}/operations/*.graphql`],
        plugins: ['typescript-operations', 'typed-document-node'],
        config: {
          // In-process results are serialized, and inputs are parsed: on this side of the schema all of them are strings.
          scalars: { UUID: 'string', DateTime: 'string', Secret: 'string', JSON: 'unknown' },
          strictScalars: true,
          enumType: 'string-literal',
          useTypeImports: true,
          skipTypename: true,
          dedupeFragments: true,
        },
      },
    ]),
  ),
}

export default config
