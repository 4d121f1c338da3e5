import { Skeleton } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useEffect, useState } from 'react'
import { useQuery } from 'urql'
import { useLocation } from 'wouter'
import { problemOf, whyNoResult } from '../gateway/problem.ts'
import {
  CheckProviderDocument,
  CreateProviderDocument,
  type CreateProviderMutation,
  ProviderTypesDocument,
} from '../generated/documents.ts'
import { isolated } from '../parts/format.ts'
import { useLeaveGuard } from '../parts/leave-guard.tsx'
import { useNotify } from '../parts/notices.tsx'
import { PageHeading } from '../parts/page-heading.tsx'
import { ProblemPanel } from '../parts/problem-panel.tsx'
import { rememberFocus } from '../parts/return-focus.ts'
import { useSession } from '../session/session.ts'
import { fieldPaths } from './field-paths.ts'
import { FormFrame } from './form-frame.tsx'
import { type Issue, issuesElsewhere } from './issues.ts'
import { networkIssues } from './network-draft.ts'
import { isSame, NEW_PROVIDER, type ProviderDraft, toCreateInput, toDraftConnection } from './provider-draft.ts'
import { ProviderFields } from './provider-fields.tsx'
import { useShownIssues } from './shown-issues.ts'
import { isGood, useDraftTest } from './use-draft-test.ts'
import type { TypeCatalogue } from './vendors.ts'

const TYPING_PAUSE_MS = 300

/** Adds a provider: checked while somebody types, tested before it is saved. */
export function NewProviderPage() {
  const [{ data, error }, read] = useQuery({ query: ProviderTypesDocument })
  return (
    <>
      <PageHeading title="Add a provider" />
      {error !== undefined && <ProblemPanel problem={problemOf(error)} onRetry={() => read({ requestPolicy: 'network-only' })} />}
      {data === undefined ? error === undefined && <Skeleton height={420} /> : <NewProviderForm types={data.providerTypes} />}
    </>
  )
}

function NewProviderForm({ types }: { readonly types: TypeCatalogue }) {
  const { writes } = useSession().clients
  const notify = useNotify()
  const [, goTo] = useLocation()
  const [begun] = useState<ProviderDraft>(() => ({
    ...NEW_PROVIDER,
    baseUrl: types.find(({ type }) => type === NEW_PROVIDER.type)?.defaultBaseUrl ?? '',
  }))
  const [draft, setDraft] = useState(begun)
  const release = useLeaveGuard(!isSame(draft, begun))
  const [saveIssues, setSaveIssues] = useState<readonly Issue[]>([])
  const { shown, leave, showAll } = useShownIssues(useRules(draft))
  const { outcome, isTesting, test, forget } = useDraftTest()
  const [refusal, setRefusal] = useState<string | null>(null)
  const [refusedTries, setRefusedTries] = useState(0)
  const [isSaving, setSaving] = useState(false)

  const change = (part: Partial<ProviderDraft>) => {
    setDraft({ ...draft, ...part })
    setSaveIssues([])
    forget()
  }
  const refuse = (reason: string | null, issues: readonly Issue[]) => {
    setRefusal(reason)
    setSaveIssues(issues)
    showAll()
    setRefusedTries((tries) => tries + 1)
  }
  const runTest = async () => {
    const found = await test(toDraftConnection(draft, null))
    if (found.kind === 'refused') setSaveIssues(found.issues)
  }
  const save = async () => {
    const unreadable = networkIssues(draft.network)
    if (unreadable.length > 0) return refuse(null, unreadable)
    const giveFocusBack = rememberFocus()
    setSaving(true)
    // A green test is the first one of what is saved. Without one the gateway decides, and nobody waits for it.
    const input = { ...toCreateInput(draft), ...(isGood(outcome) ? { testAfterwards: true } : {}) }
    const { data, error } = await writes.mutation(CreateProviderDocument, { input }).toPromise()
    setSaving(false)
    giveFocusBack()
    if (data === undefined) return refuse(whyNoResult(error), [])
    finish(data.createProvider)
  }
  const finish = (result: CreateProviderMutation['createProvider']) => {
    if (result.__typename === 'ValidationError') return refuse(null, result.issues)
    if (result.__typename === 'ProviderNameTakenError') return refuse(null, [{ path: ['name'], message: result.message }])
    if (result.__typename !== 'CreateProviderPayload') return refuse(result.message, [])
    notify({ tone: 'good', title: `${isolated(draft.displayName || draft.name)} was added` })
    release()
    goTo(`/providers/${result.provider.name}`)
  }

  const issues = saveIssues.length > 0 ? saveIssues : shown
  return (
    <FormFrame
      elsewhere={issuesElsewhere(issues, fieldPaths(draft))}
      {...{ refusal, refusedTries, outcome, isTesting, isSaving }}
      onTest={() => void runTest()}
      testHint="Makes one real call with the values in the form. Stores nothing."
      save="Add provider"
      onSave={() => void save()}
      backTo="/"
    >
      <ProviderFields
        {...{ draft, types, issues }}
        onChange={change}
        onLeave={leave}
        isStored={false}
        hasAccessKey={false}
        hasProxyPassword={false}
      />
    </FormFrame>
  )
}

/** The rules that the draft breaks, by the gateway's own word. Without the key: it is sent when it is used, not as it is typed. */
function useRules(draft: ProviderDraft): readonly Issue[] {
  const { writes } = useSession().clients
  const [settled] = useDebouncedValue(draft, TYPING_PAUSE_MS)
  const [checked, setChecked] = useState<{ readonly draft: ProviderDraft; readonly issues: readonly Issue[] }>({ draft, issues: [] })
  useEffect(() => {
    const setIssues = (issues: readonly Issue[]) => setChecked({ draft: settled, issues })
    const unreadable = networkIssues(settled.network)
    if (unreadable.length > 0) return setIssues(unreadable)
    const bedrock = { ...settled.bedrock, accessKey: '', accessKeySecret: '' }
    const network = { ...settled.network, proxyPassword: '' }
    const input = toCreateInput({ ...settled, apiKey: '', bedrock, network })
    const { unsubscribe } = writes.query(CheckProviderDocument, { input }).subscribe(({ data }) => {
      // Without an answer nothing is known of the draft as it is now, and what was wrong before may be right.
      setIssues(data?.checkProvider ?? [])
    })
    return unsubscribe
  }, [writes, settled])
  // Of a field that is another one now, nothing is known until the gateway has looked again.
  const fieldOf = (of: ProviderDraft, name: string) => new Map<string, unknown>(Object.entries(of)).get(name)
  return checked.issues.filter(({ path: [field = ''] }) => fieldOf(draft, field) === fieldOf(checked.draft, field))
}
