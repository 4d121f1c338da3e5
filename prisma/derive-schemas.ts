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

/**
 * The tables that migrations make: those of the main file of SQLite, of the file beside it in which activity is kept, and of
 * PostgreSQL, which has both.
 */
export function migratedSchemas(source: string): Record<'sqlite' | 'activity' | 'postgresql', string> {
  const { sqlite, postgresql } = deriveSchemas(source)
  const activity = sqlite.match(ACTIVITY_MODELS) ?? []
  const [generator = '', datasource = ''] = [CLIENT_GENERATOR, /datasource db \{[^}]*\}/].map((part) => part.exec(sqlite)?.[0] ?? '')
  return { sqlite: sqlite.replace(ACTIVITY_MODELS, ''), activity: [generator, datasource, ...activity].join('\n\n'), postgresql }
}

/** Each model whose doc comment is marked `// activity`. */
const ACTIVITY_MODELS = /\/\/\/ [^\n]*\/\/ activity[^\n]*\nmodel \w+ \{[^}]*\}\n/g

/** Drops each field marked `// hidden`, and each model whose doc comment is. */
function withoutHidden(source: string): string {
  return source.replace(/\/\/\/ [^\n]*\/\/ hidden\nmodel \w+ \{[^}]*\}\n/g, '').replace(/^.*\/\/ hidden\n/gm, '')
}
