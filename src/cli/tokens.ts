import type { Command } from 'commander'
import type { Shell } from './shell.ts'
import { addCreate } from './tokens/create-token.ts'
import { addList } from './tokens/list-tokens.ts'
import { addRevoke } from './tokens/revoke-token.ts'
import { addUpdate } from './tokens/update-token.ts'

export function addTokens(program: Command, shell: Shell): void {
  const tokens = program
    .command('tokens')
    .helpCommand(false)
    .summary('create, change, list and revoke access tokens')
    .description(
      'Access tokens are credentials for the gateway. The database stores only digests, so a lost token cannot be shown again: create a new one.',
    )
  addCreate(tokens, shell)
  addUpdate(tokens, shell)
  addList(tokens, shell)
  addRevoke(tokens, shell)
}
