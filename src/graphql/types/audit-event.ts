import { readActor } from '../../audit/actor.ts'
import { auditWhere } from '../../audit/filter.ts'
import { builder } from '../builder.ts'
import { AUDIT_ACTION_VALUES, AUDIT_CHANNEL_VALUES, AUDIT_SUBJECT_TYPE_VALUES, OTHER } from '../enum-values.ts'
import { idInGlobalId } from '../global-id.ts'
import { lookupText } from '../lookup-text.ts'
import { checkedPage, checkPage, PAGE_SIZES, pageCost } from '../paging.ts'
import { AccessToken } from './access-token.ts'
import { Actor } from './actor.ts'
import { Provider } from './provider.ts'

const AuditAction = builder.enumType('AuditAction', {
  values: AUDIT_ACTION_VALUES,
  description: 'What was done, or refused. Expect new values.',
})
const AuditChannel = builder.enumType('AuditChannel', {
  values: AUDIT_CHANNEL_VALUES,
  description: 'The channel of a request. Expect new values.',
})
const AuditSubjectType = builder.enumType('AuditSubjectType', {
  values: AUDIT_SUBJECT_TYPE_VALUES,
  description: 'What an audit event can be about. Expect new values.',
})

/** What an event is about: an id and a name that it had then, or neither. */
interface Subject {
  readonly subjectType: string
  readonly subjectId: string
  readonly subjectName: string | null
}

const AuditSubject = builder.objectRef<Subject>('AuditSubject').implement({
  description: 'What an audit event is about. Requires the role `admin`.',
  authScopes: { admin: true },
  fields: (t) => ({
    type: t.field({
      type: AuditSubjectType,
      resolve: ({ subjectType }) => knownValue(AUDIT_SUBJECT_TYPE_VALUES, subjectType),
      description: 'What it is.',
    }),
    id: t.id({
      nullable: true,
      resolve: ({ subjectId }) => (subjectId === '' ? null : subjectId),
      description:
        'UUID of the provider, token or model route, id of the encryption key; `null` when it is about no stored object, as in the test of a draft. It does not identify this object to a cache: the name is of that time.',
    }),
    name: t.exposeString('subjectName', { nullable: true, description: 'What it was called then; `null` when `id` is.' }),
    provider: t.prismaField({
      type: Provider,
      nullable: true,
      resolve: (query, { subjectType, subjectId }, _args, { deps }) =>
        subjectType === 'provider'
          ? deps.database.prisma.provider.findUnique({ ...query, where: { id: subjectId, deletedAt: null } })
          : null,
      description: 'The provider as it is now; `null` for other subjects, and when it was deleted.',
    }),
    accessToken: t.prismaField({
      type: AccessToken,
      nullable: true,
      resolve: (query, { subjectType, subjectId }, _args, { deps }) =>
        subjectType === 'access_token' ? deps.database.prisma.accessToken.findUnique({ ...query, where: { id: subjectId } }) : null,
      description: 'The token as it is now; `null` for other subjects, and when it is gone.',
    }),
  }),
})

const AuditEvent = builder.prismaNode('AuditEvent', {
  id: { field: 'id' },
  nullable: true,
  authScopes: { admin: true },
  runScopesOnType: true,
  description: 'Who did what to which object. Written in the transaction of the change, and never changed. Requires the role `admin`.',
  fields: (t) => ({
    action: t.field({
      type: AuditAction,
      select: { action: true },
      resolve: ({ action }) => knownValue(AUDIT_ACTION_VALUES, action),
      description: 'What was done, or refused.',
    }),
    actor: t.field({
      type: Actor,
      select: { actorKind: true, actorId: true, actor: true },
      resolve: readActor,
      description: 'Who did it.',
    }),
    channel: t.field({
      type: AuditChannel,
      select: { channel: true },
      resolve: ({ channel }) => knownValue(AUDIT_CHANNEL_VALUES, channel),
      description: 'The channel of the request.',
    }),
    subject: t.field({
      type: AuditSubject,
      select: { subjectType: true, subjectId: true, subjectName: true },
      resolve: (event) => event,
      description: 'What it is about.',
    }),
    changes: t.field({
      type: 'JSON',
      select: { changes: true },
      resolve: ({ changes }) => changes ?? {},
      description: 'What changed, or why it was refused. Ids, names and masks only, never a secret.',
    }),
    requestId: t.exposeString('requestId', { description: 'Id of the request, as in its answer and in the log.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it happened.' }),
  }),
})

/** The value of an enum that is stored as this text. */
function knownValue<Text extends string>(values: Readonly<Record<string, { readonly value: Text }>>, stored: string): Text | typeof OTHER {
  return Object.values(values).find(({ value }) => value === stored)?.value ?? OTHER
}

builder.queryFields((t) => ({
  auditEvents: t.prismaConnection(
    {
      ...PAGE_SIZES,
      type: AuditEvent,
      cursor: 'id',
      authScopes: { admin: true },
      args: {
        subject: t.arg.id({
          description: 'Only about this provider, token or model route (its UUID or GraphQL id), or encryption key (its id).',
        }),
        action: t.arg({ type: AuditAction, description: 'Only this action.' }),
        subjectName: t.arg.string({ description: 'Only about objects that had this name then. Finds deleted ones too.' }),
        actor: t.arg.string({ description: 'Only what this actor did: its name then, or its id.' }),
        since: t.arg({ type: 'DateTime', description: 'Only from this time on.' }),
        until: t.arg({ type: 'DateTime', description: 'Only before this time.' }),
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
  readonly subjectName?: string | null | undefined
  readonly actor?: string | null | undefined
  readonly since?: Date | null | undefined
  readonly until?: Date | null | undefined
}

function toWhere({ subject, subjectName, actor, action, since, until }: AuditArguments) {
  return auditWhere({
    subjectId: subject == null ? undefined : lookupText(idInGlobalId(subject) ?? subject),
    action: action ?? undefined,
    subjectName: subjectName == null ? undefined : lookupText(subjectName),
    actor: actor == null ? undefined : lookupText(actor),
    since: since ?? undefined,
    until: until ?? undefined,
  })
}
