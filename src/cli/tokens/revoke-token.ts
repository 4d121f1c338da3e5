import type { Command } from 'commander'
import { revokeAccessToken } from '../../auth/revoke-access-token.ts'
import { help, JSON_OPTION } from '../help.ts'
import { orRecordRefusal, withKeysIfThere } from '../open.ts'
import { printResult } from '../output.ts'
import type { Shell } from '../shell.ts'
import { findToken } from './find-token.ts'

export function addRevoke(tokens: Command, shell: Shell): void {
  tokens
    .command('revoke')
    .summary('revoke a token at once')
    .description(
      'Revokes a token: every gateway refuses it at once. You cannot revoke the last valid admin token. Works without the encryption keys.',
    )
    .argument('<token>', 'its prefix as `tokens list` shows it, its id, or the token itself')
    .option(...JSON_OPTION)
    .addHelpText('after', help({ examples: ['gateway tokens revoke gw_8sQ2vKx0Lp'] }))
    .action((text: string, options: { json?: true }) =>
      withKeysIfThere(shell, async (open) => {
        const row = await findToken(open, text)
        const wasRevoked = row.revokedAt !== null
        const refusal = { operation: 'tokens revoke', subjectType: 'access_token', subjectId: row.id } as const
        await orRecordRefusal(open, refusal, () => revokeAccessToken(open, open.caller, row.id))
        const said = wasRevoked ? 'was revoked before; nothing has changed' : 'is revoked'
        printResult(shell, options.json === true, { id: row.id, name: row.name, revoked: true }, `The token of "${row.name}" ${said}.`)
      }),
    )
}
