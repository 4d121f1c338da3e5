import { useState } from 'react'
import { useLocation } from 'wouter'
import { whyNoResult } from '../gateway/problem.ts'
import { type ProviderDetailsFragment, ProviderDocument, UpdateProviderDocument } from '../generated/documents.ts'
import { isolated } from '../parts/format.ts'
import { useLeaveGuard } from '../parts/leave-guard.tsx'
import { useNotify } from '../parts/notices.tsx'
import { rememberFocus } from '../parts/return-focus.ts'
import { useRefresh } from '../provider/use-refresh.ts'
import { useSession } from '../session/session.ts'
import { ConflictDialog } from './conflict-dialog.tsx'
import { differencesOf, providerWords } from './differences.ts'
import { fieldPaths } from './field-paths.ts'
import { FormFrame } from './form-frame.tsx'
import { GivenKeysFields } from './given-keys-fields.tsx'
import { type Issue, issuesElsewhere } from './issues.ts'
import { networkIssues } from './network-draft.ts'
import { draftOf, type GivenKeys, isSame, type ProviderDraft, rebase, toDraftConnection, toUpdateInput } from './provider-draft.ts'
import { ProviderFields } from './provider-fields.tsx'
import { isGood, useDraftTest } from './use-draft-test.ts'
import type { TypeCatalogue } from './vendors.ts'

export interface EditProviderFormProps {
  readonly provider: ProviderDetailsFragment
  readonly types: TypeCatalogue
}

/** The form over a provider as it was when the form opened: what others change meanwhile is found out when it is saved. */
export function EditProviderForm({ provider, types }: EditProviderFormProps) {
  const [stored, setStored] = useState(provider)
  const [draft, setDraft] = useState<ProviderDraft>(() => draftOf(provider))
  const [givenKeys, setGivenKeys] = useState<GivenKeys>({})
  const [issues, setIssues] = useState<readonly Issue[]>([])
  const { outcome, isTesting, test, forget } = useDraftTest()
  const isEdited = !isSame(draft, draftOf(stored)) || Object.values(givenKeys).some((value) => value !== '')
  const release = useLeaveGuard(isEdited)
  const saving = useSaving(provider.name, { wasTested: isGood(outcome), setIssues, release })
  const { conflict } = saving

  const change = (part: Partial<ProviderDraft>) => {
    setDraft({ ...draft, ...part })
    setIssues([])
    forget()
  }
  const runTest = async () => {
    const found = await test(toDraftConnection(draft, stored))
    if (found.kind === 'refused') setIssues(found.issues)
  }
  const keepMine = (theirs: ProviderDetailsFragment) => {
    const rebased = rebase(stored, draft, theirs)
    setStored(theirs)
    setDraft(rebased)
    void saving.save(rebased, givenKeys, theirs)
  }
  const takeTheirs = (theirs: ProviderDetailsFragment) => {
    setStored(theirs)
    setDraft(draftOf(theirs))
    saving.dropConflict()
  }
  return (
    <>
      <FormFrame
        elsewhere={issuesElsewhere(issues, fieldPaths(draft))}
        refusal={saving.refusal}
        refusedTries={saving.refusedTries}
        {...{ outcome, isTesting }}
        onTest={() => void runTest()}
        testHint="Makes one real call with the values in the form. It cannot include stored keys and other stored secrets."
        save="Save changes"
        isSaving={saving.isSaving}
        onSave={() => void saving.save(draft, givenKeys, stored)}
        backTo={`/providers/${stored.name}`}
      >
        <ProviderFields
          {...{ draft, types, issues }}
          onChange={change}
          onLeave={() => {}}
          isStored
          hasAccessKey={stored.settings?.hasAccessKey ?? false}
          hasProxyPassword={stored.network.proxy?.hasPassword ?? false}
        />
        {saving.needsKeys && <GivenKeysFields apiKeys={stored.apiKeys.nodes} given={givenKeys} onChange={setGivenKeys} />}
      </FormFrame>
      {conflict !== null && (
        <ConflictDialog
          noun="provider"
          begun={stored.version}
          stored={conflict.version}
          differences={differencesOf(providerWords(draftOf(stored)), providerWords(draft), providerWords(draftOf(conflict)))}
          onKeepMine={() => keepMine(conflict)}
          onTakeTheirs={() => takeTheirs(conflict)}
          onClose={saving.dropConflict}
        />
      )}
    </>
  )
}

interface SavingOptions {
  /** The values were tested and work: that test is the first one of what is saved. */
  readonly wasTested: boolean
  readonly setIssues: (issues: readonly Issue[]) => void
  /** The edits are saved: nobody asks before the page is left. */
  readonly release: () => void
}

/** Sends the form's changes, and sorts what can come of it. */
function useSaving(name: string, { wasTested, setIssues, release }: SavingOptions) {
  const { reads, writes } = useSession().clients
  const notify = useNotify()
  const refresh = useRefresh(name)
  const [, goTo] = useLocation()
  const [isSaving, setSaving] = useState(false)
  const [refusal, setRefusal] = useState<string | null>(null)
  const [refusedTries, setRefusedTries] = useState(0)
  const [needsKeys, setNeedsKeys] = useState(false)
  const [conflict, setConflict] = useState<ProviderDetailsFragment | null>(null)

  const refuse = (reason: string | null, issues: readonly Issue[] = []) => {
    setRefusal(reason)
    setIssues(issues)
    setRefusedTries((tries) => tries + 1)
  }
  const showConflict = async () => {
    const { data } = await reads.query(ProviderDocument, { name }, { requestPolicy: 'network-only' }).toPromise()
    if (data?.provider) return setConflict(data.provider)
    refuse('Somebody changed the provider meanwhile, and it cannot be read now. Try again.')
  }
  const send = async (draft: ProviderDraft, givenKeys: GivenKeys, base: ProviderDetailsFragment) => {
    const input = {
      provider: { id: base.id },
      expectedVersion: base.version,
      ...toUpdateInput(draft, base, givenKeys),
      testAfterwards: wasTested,
    }
    const { data, error } = await writes.mutation(UpdateProviderDocument, { input }).toPromise()
    if (data === undefined) return refuse(whyNoResult(error))
    const result = data.updateProvider
    if (result.__typename === 'VersionConflictError') return showConflict()
    if (result.__typename === 'ValidationError') return refuse(null, result.issues)
    if (result.__typename === 'KeyRequiredForNewEndpointError') setNeedsKeys(true)
    if (result.__typename !== 'UpdateProviderPayload') return refuse(result.message)
    await refresh()
    notify({ tone: 'good', title: `${isolated(draft.displayName || base.name)} was saved` })
    release()
    goTo(`/providers/${name}`)
  }
  const save = async (draft: ProviderDraft, givenKeys: GivenKeys, base: ProviderDetailsFragment) => {
    setConflict(null)
    setRefusal(null)
    const unreadable = networkIssues(draft.network)
    if (unreadable.length > 0) return refuse(null, unreadable)
    const giveFocusBack = rememberFocus()
    setSaving(true)
    await send(draft, givenKeys, base)
    setSaving(false)
    giveFocusBack()
  }
  return { isSaving, refusal, refusedTries, needsKeys, conflict, dropConflict: () => setConflict(null), save }
}
