/** mercurius on Fastify with its just-in-time compiler, over the gateway's schema. */
import Fastify from 'fastify'
import mercurius from 'mercurius'
import { schema } from '../../src/graphql/schema.ts'
import { contextOf } from './peer.ts'

const app = Fastify()
app.register(mercurius, { schema, jit: 1, context: (request) => contextOf(request.raw) })
const url = await app.listen({ port: 0, host: '127.0.0.1' })
process.stdout.write(`listening ${url}\n`)
