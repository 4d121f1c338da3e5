import { Button } from '@mantine/core'
import { useState } from 'react'
import { CreateTokenDialog, type TokenScope } from '../admin/create-token-dialog.tsx'
import { PlusIcon } from '../parts/icons.tsx'
import { usePermissions } from '../session/session.ts'

/** Makes a token for what the page shows, with its scope filled in. For admins. */
export function CreateTokenButton({ scope }: { readonly scope: TokenScope }) {
  const { mayAdminister } = usePermissions()
  const [isCreating, setCreating] = useState(false)
  if (!mayAdminister) return null
  return (
    <>
      <Button size="xs" variant="default" leftSection={<PlusIcon size={14} />} onClick={() => setCreating(true)}>
        Create a token for this
      </Button>
      {isCreating && <CreateTokenDialog scope={scope} onCreated={() => {}} onClose={() => setCreating(false)} />}
    </>
  )
}
