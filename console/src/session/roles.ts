import type { Role } from '../generated/documents.ts'

export const ROLE_NAMES: Readonly<Record<Role, string>> = {
  CALLER: 'Caller',
  VIEWER: 'Viewer',
  EDITOR: 'Editor',
  ADMIN: 'Admin',
}
