import type { Role } from '../generated/documents.ts'

export const ROLE_NAMES: Readonly<Record<Role, string>> = { VIEWER: 'Viewer', EDITOR: 'Editor', ADMIN: 'Admin' }
