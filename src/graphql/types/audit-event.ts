import { auditWhere } from '../../audit/filter.ts'
import { builder } from '../builder.ts'
import { idInGlobalId } from '../global-id.ts'
import { checkedPage, checkPage, PAGE_SIZES, pageCost } from '../paging.ts'
import { soughtText } from '../sought-text.ts'

const AuditEvent = builder.prismaNode('AuditEvent', {
  id: { field: 'id' },
  nullable: true,
  authScopes: { admin: true },
  description:
    'Who did what to which object. Written in the transaction of the change it tells of, and never changed. Requires the role `admin`.',
  fields: (t) => ({
    action: t.exposeString('action', {
      description: 'What was done, e.g. `provider.updated`, or refused: `provider.change_refused`. Expect new values.',
    }),
    actor: t.exposeString('actor', { description: 'Name and id of the token, or the user of the command line.' }),
    channel: t.exposeString('channel', {
      description: 'The way it came: `graphql`, `coder`, `bifrost`, `respan`, `ziri`, `cli`, or `start` for the gateway itself.',
    }),
    subjectType: t.exposeString('subjectType', { description: 'What the subject is: `provider`, `access_token` or `encryption_key`.' }),
    subject: t.exposeString('subjectId', {
      description:
        'UUID of the provider or token, id of the encryption key; empty when nothing that exists was meant, as in the test of a draft.',
    }),
    changes: t.field({
      type: 'JSON',
      resolve: ({ changes }) => changes ?? {},
      description: 'What changed, or why it was refused. Ids, names and masks only, never a secret.',
    }),
    requestId: t.exposeString('requestId', { description: 'Id of the request, as in its answer and in the log.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it happened.' }),
  }),
})

builder.queryFields((t) => ({
  auditEvents: t.prismaConnection(
    {
      ...PAGE_SIZES,
      type: AuditEvent,
      cursor: 'id',
      authScopes: { admin: true },
      args: {
        subject: t.arg.id({ description: 'Only about this provider or token (its UUID or GraphQL id), or encryption key (its id).' }),
        action: t.arg.string({ description: 'Only this action, e.g. `provider.change_refused`.' }),
        since: t.arg({ type: 'DateTime', description: 'Only from this time on.' }),
      },
      complexity: pageCost,
      totalCount: (_root, args, { deps }) => deps.database.prisma.auditEvent.count(checkedPage(args, { where: toWhere(args) })),
      resolve: (query, _root, args, { deps }) => {
        checkPage(args)
        return deps.database.prisma.auditEvent.findMany({ ...query, where: toWhere(args), orderBy: { number: 'desc' } })
      },
      description: 'What was done and what was refused, newest first. Requires `admin`.',
    },
    { name: 'AuditEventConnection', description: 'A page of audit events.' },
    { name: 'AuditEventEdge', description: 'An audit event in a page.' },
  ),
}))

interface AuditArguments {
  readonly subject?: string | null | undefined
  readonly action?: string | null | undefined
  readonly since?: Date | null | undefined
}

function toWhere({ subject, action, since }: AuditArguments) {
  return auditWhere({
    subjectId: subject == null ? undefined : soughtText(idInGlobalId(subject) ?? subject),
    action: action == null ? undefined : soughtText(action),
    since: since ?? undefined,
  })
}
