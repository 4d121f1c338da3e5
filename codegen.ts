import { readdirSync } from 'node:fs'
import type { CodegenConfig } from '@graphql-codegen/cli'

/**
 * Types the GraphQL operations of our own clients: for each `src/rest/<dialect>/operations` one file
 * `src/generated/<dialect>-documents.ts`, and one for the console. Reads the committed schema, so it needs neither a
 * database nor the server.
 */
const dialects = readdirSync('src/rest', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name === 'operations')
  .map((entry) => entry.parentPath.split(/[\\/]/).at(-1) ?? '')

/** On both sides of the schema these are strings: results are serialized, and inputs are parsed. */
const scalars = { UUID: 'string', DateTime: 'string', Secret: 'string', JSON: 'unknown' }

const plugins = ['typescript-operations', 'typed-document-node']
const config = { scalars, strictScalars: true, enumType: 'string-literal', useTypeImports: true, skipTypename: true, dedupeFragments: true }

const codegen: CodegenConfig = {
  schema: 'schema.graphql',
  silent: true,
  generates: {
    ...Object.fromEntries(
      dialects.map((dialect) => [
        `src/generated/${dialect}-documents.ts`,
        { documents: ['src/rest/problem.graphql', `src/rest/${dialect}/operations/*.graphql`], plugins, config },
      ]),
    ),
    'console/src/generated/documents.ts': {
      documents: 'console/src/operations/*.graphql',
      plugins,
      config,
    },
  },
}

export default codegen
