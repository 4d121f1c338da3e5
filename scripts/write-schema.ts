import { writeFileSync } from 'node:fs'
import { printSchema } from 'graphql'
import { schema } from '../src/graphql/schema.ts'

/** Writes `schema.graphql`, the committed contract. Run it after changing a type; the difference is what clients will see. */
writeFileSync('schema.graphql', `${printSchema(schema)}\n`)
