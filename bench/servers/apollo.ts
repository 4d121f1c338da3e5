/** Apollo Server 5 as its documentation has it, over the gateway's schema. */
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import type { GatewayContext } from '../../src/graphql/context.ts'
import { schema } from '../../src/graphql/schema.ts'
import { contextOf } from './peer.ts'

const server = new ApolloServer<GatewayContext>({ schema })
const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' }, context: ({ req }) => contextOf(req) })
process.stdout.write(`listening ${new URL(url).origin.replace('localhost', '127.0.0.1')}\n`)
