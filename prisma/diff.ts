/**
 * Prisma's schema engine as a WebAssembly module: it compares two states of a schema and prints the SQL between them.
 * It is wired by hand because Prisma's own command line downloads a native engine. For development only.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { bindMigrationAwareSqlAdapterFactory, type SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import * as engineModule from '@prisma/schema-engine-wasm/schema_engine_bg'

/** The types of Node.js 20 leave this global out, and those of the browser are not wanted here. */
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: Record<string, object>): Promise<{ instance: { exports: Record<string, unknown> } }>
}

/**
 * The SQL that leads to the schema from another one, or from what the adapter finds in its database; empty when they
 * agree. To compare two schemas, `offlineAdapter` is enough.
 */
export async function diff(adapter: SqlMigrationAwareDriverAdapterFactory, from: 'database' | string, to: string): Promise<string> {
  await engineStarted
  const engine = await engineModule.SchemaEngine.new({ datamodels: undefined }, () => {}, bindMigrationAwareSqlAdapterFactory(adapter))
  const { stdout } = await engine.diff({
    from:
      from === 'database' ? { tag: 'schemaDatasource', files: file(to), configDir: '.' } : { tag: 'schemaDatamodel', files: file(from) },
    to: { tag: 'schemaDatamodel', files: file(to) },
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  })
  return stdout === null || stdout.includes('-- This is an empty migration.') ? '' : stdout
}

const file = (content: string) => [{ path: 'schema.prisma', content }]

/** An adapter without a database: the engine asks one even to compare two texts, and is content with no rows. */
export function offlineAdapter(provider: 'sqlite' | 'postgres'): SqlMigrationAwareDriverAdapterFactory {
  const names = { provider, adapterName: 'offline' } as const
  const connect = async () => ({
    ...names,
    queryRaw: async () => ({ columnNames: [], columnTypes: [], rows: [] }),
    executeRaw: async () => 0,
    executeScript: async () => {},
    startTransaction: async () => {
      throw new Error('There is no database to start a transaction in.')
    },
    dispose: async () => {},
  })
  return { ...names, connect, connectToShadowDb: connect }
}

const engineStarted = (async () => {
  const script = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  const { instance } = await WebAssembly.instantiate(readFileSync(script.replace(/\.js$/, '.wasm')), {
    './schema_engine_bg.js': engineModule,
  })
  engineModule.__wbg_set_wasm(instance.exports)
  if (typeof instance.exports.__wbindgen_start === 'function') instance.exports.__wbindgen_start()
})()
