import { PrismaPg } from '@prisma/adapter-pg'
import { StartupError } from '../errors.ts'
import { PrismaClient } from '../generated/prisma-postgresql/client.ts'
import { reasonOf } from './failures.ts'

/** Opens the database that the URL names, and fails when it cannot be reached now. */
export async function openPostgresql(
  url: string,
  transactionOptions: { maxWait: number; timeout: number },
): Promise<{ prisma: PrismaClient; location: string }> {
  const { config, schema, location } = settingsOf(url)
  const prisma = new PrismaClient({ adapter: new PrismaPg(config, { schema }), transactionOptions, errorFormat: 'minimal' })
  try {
    await prisma.$queryRawUnsafe('SELECT 1')
  } catch (error) {
    await prisma.$disconnect()
    throw new StartupError(
      `The database ${location} cannot be reached (${reasonOf(error)}). Check that it runs and that DATABASE_URL is right.`,
      1,
    )
  }
  return { prisma, location }
}

/**
 * The settings of the connection pool. The driver reads those of a connection from the URL itself, where they win over
 * the defaults here: `sslmode`, `sslrootcert`, `statement_timeout` (milliseconds) and so on. Those of the pool have the
 * names that Prisma gave them: `connection_limit`, `pool_timeout` (seconds), `schema`.
 */
function settingsOf(url: string): { config: ConstructorParameters<typeof PrismaPg>[0]; schema: string; location: string } {
  if (!URL.canParse(url))
    throw new StartupError('The database URL is not valid. It looks like postgresql://user:password@host:5432/database.')
  const { host, pathname, searchParams } = new URL(url)
  const schema = searchParams.get('schema') ?? 'public'
  const config = {
    connectionString: url,
    max: wholeNumber(searchParams, 'connection_limit', 10),
    connectionTimeoutMillis: wholeNumber(searchParams, 'pool_timeout', 10) * 1_000,
    statement_timeout: 15_000,
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
    application_name: 'ai-provider-gateway',
    ...(schema === 'public' ? {} : { options: `-c search_path="${schema}"` }),
  }
  return { config, schema, location: `postgresql://${host}${pathname}` }
}

function wholeNumber(parameters: URLSearchParams, name: string, otherwise: number): number {
  const text = parameters.get(name)
  if (text === null) return otherwise
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new StartupError(`The parameter ${name} of the database URL must be a whole number above zero, not "${text}".`)
}
