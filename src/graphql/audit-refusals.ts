import { defaultFieldResolver, type GraphQLObjectType } from 'graphql'
import { z } from 'zod'
import type { Refusal } from '../audit/record-refusal.ts'
import type { Database } from '../database/client.ts'
import { DomainError, Fault, PROBLEM_CODES, type ProblemCode } from '../errors.ts'
import type { GatewayContext } from './context.ts'
import { idInGlobalId } from './global-id.ts'
import { LIMITS } from './limits.ts'
import { lookupText } from './lookup-text.ts'

/**
 * Lets every mutation write an audit event when it refuses, whatever for: a missing role, a rule, a conflict. Done to the
 * finished fields, so that no mutation can be without it.
 */
export function auditRefusals(mutations: GraphQLObjectType<unknown, GatewayContext>): void {
  for (const [operation, field] of Object.entries(mutations.getFields())) {
    const resolve = field.resolve ?? defaultFieldResolver
    field.resolve = async (root, args, context, info) => {
      try {
        const result: unknown = await resolve(root, args, context, info)
        const refusal = problemIn(result)
        if (refusal !== null) await record(context, operation, refusal, args)
        return result
      } catch (error) {
        const refusal = refusalOf(error)
        if (refusal !== null) await record(context, operation, refusal, args)
        throw error
      }
    }
  }
}

/** Whether a result is a problem shows in its code: its class is hidden behind what makes it a member of a union. */
function problemIn(result: unknown): ProblemCode | null {
  if (typeof result !== 'object' || result === null || !('code' in result)) return null
  return PROBLEM_CODES.find((code) => code === result.code) ?? null
}

function refusalOf(error: unknown): Refusal['code'] | null {
  if (error instanceof DomainError) return error.code
  return error instanceof Fault && error.code === 'FORBIDDEN' ? error.code : null
}

async function record(context: GatewayContext, operation: string, code: Refusal['code'], args: unknown): Promise<void> {
  const { deps } = context
  if (operation.includes('AccessToken'))
    return deps.recordRefusal(context, { operation, code, subjectType: 'access_token', subjectId: await findToken(deps.database, args) })
  if (operation.includes('ModelRoute'))
    return deps.recordRefusal(context, { operation, code, subjectType: 'model_route', subjectId: await findRoute(deps.database, args) })
  await deps.recordRefusal(context, { operation, code, subjectType: 'provider', subjectId: await findProvider(deps.database, args) })
}

const ref = z.object({ id: z.string().nullish(), uuid: z.string().nullish(), name: z.string().nullish() })
const providerArguments = z.object({
  input: z.object({ name: z.string().nullish(), provider: ref.nullish(), saved: z.object({ provider: ref }).nullish() }),
})

/** The id of the provider that the arguments name, by whatever; empty when there is none. */
async function findProvider({ prisma }: Database, args: unknown): Promise<string> {
  const { input } = providerArguments.safeParse(args).data ?? {}
  const given = input?.provider ?? input?.saved?.provider ?? { name: input?.name }
  const id = given.uuid ?? (given.id == null ? null : idInGlobalId(given.id))
  if (id === null && given.name == null) return ''
  // The name of a provider that a rule has refused for its length.
  if ((id ?? given.name ?? '').length > LIMITS.soughtCharacters) return ''
  const where = id === null ? { name: lookupText(given.name ?? ''), deletedAt: null } : { id }
  return (await prisma.provider.findFirst({ where, select: { id: true } }))?.id ?? ''
}

const routeArguments = z.object({ input: z.object({ name: z.string().nullish(), route: ref.nullish() }) })

/** The id of the model route that the arguments name; empty when there is none. */
async function findRoute({ prisma }: Database, args: unknown): Promise<string> {
  const { input } = routeArguments.safeParse(args).data ?? {}
  const given = input?.route ?? { name: input?.name, id: null }
  const id = given.id == null ? null : idInGlobalId(given.id)
  if ((id === null && given.name == null) || (id ?? given.name ?? '').length > LIMITS.soughtCharacters) return ''
  const where = id === null ? { name: lookupText(given.name ?? '') } : { id }
  return (await prisma.modelRoute.findFirst({ where, select: { id: true } }))?.id ?? ''
}

const tokenArguments = z.object({ input: z.object({ id: z.string() }) })

async function findToken({ prisma }: Database, args: unknown): Promise<string> {
  const id = idInGlobalId(tokenArguments.safeParse(args).data?.input.id ?? '')
  return id === null ? '' : ((await prisma.accessToken.findUnique({ where: { id }, select: { id: true } }))?.id ?? '')
}
