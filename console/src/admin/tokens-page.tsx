import { Button, Group, Skeleton, Text } from '@mantine/core'
import { useState } from 'react'
import { useQuery } from 'urql'
import { mayBeMade, problemOf, whyNoResult } from '../gateway/problem.ts'
import { AccessTokensDocument, type AccessTokensQuery, RevokeAccessTokenDocument } from '../generated/documents.ts'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { isolated } from '../parts/format.ts'
import { PlusIcon } from '../parts/icons.tsx'
import { useNotify } from '../parts/notices.tsx'
import { PageHeading } from '../parts/page-heading.tsx'
import { ProblemPanel } from '../parts/problem-panel.tsx'
import { formatDay, formatTime, RelativeTime } from '../parts/relative-time.tsx'
import { ToneBadge } from '../parts/test-status.tsx'
import { useUrlState } from '../parts/use-url-state.ts'
import { ROLE_NAMES } from '../session/roles.ts'
import { useSession } from '../session/session.ts'
import { scopeWords } from './call-scope-draft.ts'
import { CreateTokenDialog } from './create-token-dialog.tsx'
import { EditTokenDialog } from './edit-token-dialog.tsx'
import { PageTurner } from './page-turner.tsx'

type Token = AccessTokensQuery['accessTokens']['nodes'][number]

const PAGE_SIZE = 50

/** Who may use the gateway: tokens are made here, shown once, and revoked here. */
export function TokensPage() {
  const [parameters, change] = useUrlState()
  const after = parameters.get('after')
  const [{ data, error }, read] = useQuery({
    query: AccessTokensDocument,
    variables: { first: PAGE_SIZE, after },
    requestPolicy: 'cache-and-network',
  })
  const [isCreating, setCreating] = useState(false)
  const reload = () => read({ requestPolicy: 'network-only' })
  return (
    <>
      <PageHeading
        title="Access tokens"
        aside={data !== undefined && <span className="count">{data.accessTokens.totalCount}</span>}
        actions={
          <Button leftSection={<PlusIcon size={16} />} onClick={() => setCreating(true)}>
            Create token
          </Button>
        }
      />
      {error !== undefined && <ProblemPanel problem={problemOf(error)} onRetry={reload} />}
      {data === undefined && error === undefined && <Skeleton height={240} />}
      {data !== undefined && (
        <>
          <TokenTable tokens={data.accessTokens.nodes} onChanged={reload} />
          <PageTurner pageInfo={data.accessTokens.pageInfo} after={after} onTurn={(cursor) => change({ after: cursor })} />
        </>
      )}
      {isCreating && <CreateTokenDialog onCreated={reload} onClose={() => setCreating(false)} />}
    </>
  )
}

function TokenTable({ tokens, onChanged }: { readonly tokens: readonly Token[]; readonly onChanged: () => void }) {
  const [editing, setEditing] = useState<Token | null>(null)
  const [revoking, setRevoking] = useState<Token | null>(null)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section className="table-frame table-scroll" tabIndex={0} aria-label="Access tokens, newest first">
      <table className="plain-table card-table">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Role</th>
            <th scope="col">Model calls</th>
            <th scope="col">State</th>
            <th scope="col">Last used</th>
            <th scope="col">Created</th>
            <th scope="col">Expires</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <TokenRow key={token.id} token={token} onEdit={() => setEditing(token)} onRevoke={() => setRevoking(token)} />
          ))}
        </tbody>
      </table>
      {editing !== null && <EditTokenDialog token={editing} onChanged={onChanged} onClose={() => setEditing(null)} />}
      {revoking !== null && <RevokeDialog token={revoking} onRevoked={onChanged} onClose={() => setRevoking(null)} />}
    </section>
  )
}

interface TokenRowProps {
  readonly token: Token
  readonly onEdit: () => void
  readonly onRevoke: () => void
}

function TokenRow({ token, onEdit, onRevoke }: TokenRowProps) {
  const { viewer } = useSession()
  const { name, prefix, role, calls, revokedAt, expiresAt, lastUsedAt, createdAt } = token
  const isExpired = expiresAt !== null && Date.parse(expiresAt) <= Date.now()
  return (
    <tr>
      <th scope="row" data-label="Name" className="cell-text">
        {name}
        {token.id === viewer.token?.id && <span className="dimmed"> · this one</span>}
        <code className="token-prefix">{prefix}…</code>
      </th>
      <td data-label="Role">{ROLE_NAMES[role]}</td>
      <td data-label="Model calls" className={calls === null ? 'cell-text dimmed' : 'cell-text'}>
        {scopeWords(calls)}
      </td>
      <td data-label="State">
        {revokedAt !== null ? (
          <ToneBadge tone="bad">Revoked</ToneBadge>
        ) : (
          <ToneBadge tone={isExpired ? 'warn' : 'good'}>{isExpired ? 'Expired' : 'Valid'}</ToneBadge>
        )}
      </td>
      <td data-label="Last used">{lastUsedAt === null ? <span className="dimmed">never</span> : <RelativeTime at={lastUsedAt} />}</td>
      <td data-label="Created">
        <RelativeTime at={createdAt} />
      </td>
      <td data-label="Expires">
        {expiresAt === null ? (
          <span className="dimmed">never</span>
        ) : (
          <time className="dimmed" dateTime={expiresAt} title={formatTime(expiresAt)}>
            {formatDay(expiresAt)}
          </time>
        )}
      </td>
      <td className="cell-actions">
        {revokedAt === null && (
          <Group gap="xs" justify="flex-end" wrap="nowrap">
            <Button size="compact-sm" variant="default" className="touch-target" onClick={onEdit} aria-label={`Edit ${name}`}>
              Edit
            </Button>
            <Button size="compact-sm" variant="default" className="touch-target" onClick={onRevoke} aria-label={`Revoke ${name}`}>
              Revoke
            </Button>
          </Group>
        )}
      </td>
    </tr>
  )
}

interface RevokeDialogProps {
  readonly token: Token
  readonly onRevoked: () => void
  readonly onClose: () => void
}

function RevokeDialog({ token, onRevoked, onClose }: RevokeDialogProps) {
  const { clients, viewer } = useSession()
  const notify = useNotify()
  const [isBusy, setBusy] = useState(false)
  const revoke = async () => {
    setBusy(true)
    const { data, error } = await clients.writes.mutation(RevokeAccessTokenDocument, { input: { id: token.id } }).toPromise()
    setBusy(false)
    onClose()
    const result = data?.revokeAccessToken
    if (result === undefined && mayBeMade(error)) return notify({ tone: 'bad', title: 'No answer', message: whyNoResult(error) })
    const refusal = result?.__typename === 'ValidationError' ? result.message : error && problemOf(error).message
    if (refusal !== undefined) return notify({ tone: 'bad', title: `${isolated(token.name)} was not revoked`, message: refusal })
    notify({ tone: 'good', title: `${isolated(token.name)} was revoked` })
    onRevoked()
  }
  return (
    <ConfirmDialog
      title={`Revoke ${isolated(token.name)}?`}
      action="Revoke"
      isBusy={isBusy}
      onConfirm={() => void revoke()}
      onClose={onClose}
    >
      <Text fz="sm">
        The gateway refuses it from the next request on. You cannot undo this.
        {token.id === viewer.token?.id && ' It is the token that you are signed in with: you will be signed out.'}
      </Text>
    </ConfirmDialog>
  )
}
