import { defineConfig } from 'prisma/config'

/** For the Prisma CLI alone (`npx prisma format`, `npx prisma validate`). The program migrates its database itself: see `src/database/migrate.ts`. */
export default defineConfig({ schema: 'prisma/schema.prisma' })
