import { type Command, InvalidArgumentError, Option } from 'commander'
import { actorText, readActor } from '../audit/actor.ts'
import { auditWhere } from '../audit/filter.ts'
import { AUDIT_ACTIONS, type AuditAction } from '../audit/record.ts'
import type { AuditEvent, Prisma, PrismaClient } from '../generated/prisma-sqlite/client.ts'
import { help, JSON_OPTION } from './help.ts'
import { limitOption } from './limit-option.ts'
import { withDatabase } from './open.ts'
import { counted, printable, printResult, second, wrapped } from './output.ts'
import type { Shell } from './shell.ts'
import { type Since, sinceOption } from './time.ts'

interface Options {
  readonly since: Since
  readonly subject?: string
  readonly action?: AuditAction
  readonly limit: number
  readonly json?: true
}

export function addAudit(program: Command, shell: Shell): void {
  program
    .command('audit')
    .summary('show the audit log')
    .description(
      'Shows the audit log, oldest first: changes, refused changes, token events, connection tests and rotations, with the actor and the channel. It holds masks and ids only. Times are UTC.',
    )
    .addOption(
      new Option('--since <when>', 'a duration such as 30m, 12h or 7d, or a time such as 2026-03-04T05:06Z')
        .argParser(sinceOption)
        .default(sinceOption('24h'), '24h'),
    )
    .option('--subject <which>', 'only about this: the name of a provider, token or route, or any id')
    .option('--action <action>', 'only this action, e.g. provider.updated', actionOption)
    .option('--limit <count>', 'how many of the newest events', limitOption, 100)
    .option(...JSON_OPTION)
    .addHelpText('after', help({ examples: ['gateway audit --since 1h', 'gateway audit --since 7d --action access_token.created --json'] }))
    .action((options: Options) =>
      withDatabase(shell, async ({ database: { prisma }, clock }) => {
        const since = options.since(clock())
        const where = { ...auditWhere({ since, action: options.action }), ...(await aboutSubject(prisma, options.subject)) }
        const total = await prisma.auditEvent.count({ where })
        const events = (await prisma.auditEvent.findMany({ where, orderBy: { number: 'desc' }, take: options.limit })).reverse()
        const data = events.map(({ number: _, revision: __, actor, actorKind, actorId, ...event }) => ({
          ...event,
          actor: readActor({ actor, actorKind, actorId }),
        }))
        const heading = `${counted(total, 'event')} since ${second(since)} UTC${total > events.length ? `; the newest ${counted(events.length, 'event')} of them` : ''}${total === 0 ? '.' : ':'}`
        const lines = events.map(describe)
        printResult(shell, options.json === true, data, [heading, ...lines].join('\n\n'))
      }),
    )
}

/** A mistyped one must not look like an action that nobody did. */
function actionOption(text: string): AuditAction {
  const action = AUDIT_ACTIONS.find((known) => known === text)
  if (action === undefined) throw new InvalidArgumentError(`It must be one of ${AUDIT_ACTIONS.join(', ')}.`)
  return action
}

/** What is about the live provider of this name, under whatever name; or else about what has this id, or had this name. */
async function aboutSubject(prisma: PrismaClient, text: string | undefined): Promise<Prisma.AuditEventWhereInput> {
  if (text === undefined) return {}
  const provider = await prisma.provider.findFirst({ where: { name: text, deletedAt: null }, select: { id: true } })
  return provider === null ? { OR: [{ subjectId: text }, { subjectName: text }] } : { subjectId: provider.id }
}

function describe(event: AuditEvent): string {
  const { createdAt, action, channel, subjectId, subjectName, changes, requestId } = event
  const subject = subjectName === null || subjectName === subjectId ? subjectId : `${subjectName} (${subjectId})`
  const details = changes === null ? [] : [JSON.stringify(changes).replaceAll(',"', ', "')]
  const lines = [`by ${actorText(readActor(event))} over ${channel}, request ${requestId}`, ...details]
  return [
    `${second(createdAt)}  ${action}`,
    ...[subject, ...lines].filter((line) => line !== '').map((line) => `    ${wrapped(printable(line), 4)}`),
  ].join('\n')
}
