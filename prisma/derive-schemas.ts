const CLIENT_GENERATOR = /generator client \{[^}]*\}/
const POTHOS_GENERATOR = `generator pothos {
  provider     = "prisma-pothos-types"
  clientOutput = "./prisma-sqlite/client.ts"
  output       = "../pothos-types.ts"
}`

/** The schemas made from the one source, by name: `sqlite` and `postgresql` for the clients, `graphql` for Pothos. */
export function deriveSchemas(source: string): Record<'sqlite' | 'postgresql' | 'graphql', string> {
  return {
    sqlite: source,
    postgresql: source.replace('provider = "sqlite"', 'provider = "postgresql"').replace('../prisma-sqlite', '../prisma-postgresql'),
    graphql: withoutHidden(source).replace(CLIENT_GENERATOR, POTHOS_GENERATOR),
  }
}

/** Drops each field marked `// hidden`, and each model whose doc comment is. */
function withoutHidden(source: string): string {
  return source.replace(/\/\/\/ [^\n]*\/\/ hidden\nmodel \w+ \{[^}]*\}\n/g, '').replace(/^.*\/\/ hidden\n/gm, '')
}
