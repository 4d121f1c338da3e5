import type { Database } from '../database/client.ts'
import type { AccessToken } from '../generated/prisma-sqlite/client.ts'
import { digestToken } from './token.ts'

const SHORTEST_START = 8

/** Finds tokens, revoked ones too, by what a person has of one: its id, its public start, or the token itself. At most two. */
export async function findAccessTokens({ prisma }: Database, text: string): Promise<AccessToken[]> {
  const start = text.replace(/^gw_/, '')
  const byStart = start.length >= SHORTEST_START ? [{ lookupId: { startsWith: start } }] : []
  return prisma.accessToken.findMany({ where: { OR: [{ id: text }, { lookupId: digestToken(text).lookupId }, ...byStart] }, take: 2 })
}
