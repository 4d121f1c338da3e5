import { Alert, Button, Checkbox, Code, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { BrandMark } from '../parts/icons.tsx'
import { usePageTitle } from '../parts/use-page-title.ts'

export interface SignInPageProps {
  /** Why somebody who was signed in stands here again; null for nobody special. */
  readonly notice: string | null
  readonly isBusy: boolean
  /** `onDevice`: whether the token outlives the browser tab. */
  readonly onSignIn: (token: string, onDevice: boolean) => void
}

/** One field for the access token. */
export function SignInPage({ notice, isBusy, onSignIn }: SignInPageProps) {
  const [token, setToken] = useState('')
  const [onDevice, setOnDevice] = useState(false)
  usePageTitle('Sign in')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (token.trim() !== '') onSignIn(token.trim(), onDevice)
  }
  return (
    <main className="sign-in">
      <Paper withBorder shadow="sm" p={{ base: 'lg', xs: 'xl' }} w="100%" maw={420}>
        {/* A form that a browser would send by itself puts its fields into the URL unless it is a POST. */}
        <form onSubmit={submit} method="post">
          <Stack gap="md">
            <BrandMark size={40} />
            <div>
              <Title order={1} fz={22}>
                AI provider gateway
              </Title>
              <Text c="dimmed" fz="sm" mt={4}>
                Sign in with an access token.
              </Text>
            </div>
            {notice !== null && (
              <Alert color="red" role="alert" title="Not signed in">
                {notice}
              </Alert>
            )}
            <PasswordInput
              label="Access token"
              value={token}
              onChange={(event) => setToken(event.currentTarget.value)}
              data-autofocus
              autoFocus
              required
              withAsterisk={false}
            />
            <StaySignedIn checked={onDevice} onChange={setOnDevice} />
            <Button type="submit" loading={isBusy} fullWidth>
              Sign in
            </Button>
            <Text c="dimmed" fz="xs">
              The first start of the gateway prints an admin token. Create more tokens here, or with the mutation{' '}
              <Code>createAccessToken</Code>.
            </Text>
          </Stack>
        </form>
      </Paper>
    </main>
  )
}

function StaySignedIn({ checked, onChange }: { readonly checked: boolean; readonly onChange: (checked: boolean) => void }) {
  return (
    <Checkbox
      label="Stay signed in on this device"
      description={checked ? 'Until you sign out. Use this only on your own device.' : 'Otherwise closing this tab signs you out.'}
      checked={checked}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  )
}
