import type { CodegenConfig } from '@graphql-codegen/cli'

/** Makes a type of each query in `src`. A copy of `schema.graphql` from the gateway serves as well as this path. */
const codegen: CodegenConfig = {
  schema: '../../schema.graphql',
  documents: 'src/*.ts',
  generates: {
    'src/gql/': {
      preset: 'client',
      config: {
        // Documents are plain text then, and `fetch` is client enough.
        documentMode: 'string',
        enumType: 'string-literal',
        useTypeImports: true,
        strictScalars: true,
        scalars: { UUID: 'string', DateTime: 'string', Secret: 'string', JSON: 'unknown' },
      },
    },
  },
}

export default codegen
