import { Text } from '@mantine/core'
import { usePermissions } from '../session/session.ts'

/** Whose calls are shown to somebody who is no admin; nothing to admins, who see all. */
export function OwnCallsNote() {
  const { mayAdminister } = usePermissions()
  if (mayAdminister) return null
  return (
    <Text fz="sm" c="dimmed" mb="sm">
      You see the calls of your own token. Admins see all calls.
    </Text>
  )
}
