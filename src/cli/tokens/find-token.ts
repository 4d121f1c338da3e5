import { findAccessTokens } from '../../auth/find-access-tokens.ts'
import type { AccessToken } from '../../generated/prisma-sqlite/client.ts'
import { PartialFailure } from '../failure.ts'
import type { Open } from '../open.ts'

/** The one token that a person means. @throws PartialFailure when there is none, or more than one. */
export async function findToken({ database }: Open, text: string): Promise<AccessToken> {
  const [row, other] = await findAccessTokens(database, text)
  if (row === undefined) throw new PartialFailure('There is no such token. `gateway tokens list --all` shows them.')
  if (other !== undefined)
    throw new PartialFailure('More than one token has this prefix. Give its id: `gateway tokens list --json` shows it.')
  return row
}
