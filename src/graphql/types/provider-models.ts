import { resolveArrayConnection } from '@pothos/plugin-relay'
import { createLatestModels, type LatestModels } from '../../providers/latest-models.ts'
import { builder } from '../builder.ts'
import type { GatewayContext } from '../context.ts'
import { checkPage, PAGE_SIZES, pageCost, withoutMadeUpCursors } from '../paging.ts'
import { Provider } from './provider.ts'

const Model = builder.objectRef<{ readonly name: string }>('Model').implement({
  description: 'A model that a provider offers. Requires the role `viewer`.',
  authScopes: { viewer: true },
  fields: (t) => ({ name: t.exposeString('name', { description: 'What the upstream calls it, e.g. `gpt-4o`.' }) }),
})

builder.prismaObjectField(Provider, 'models', (t) =>
  t.connection(
    {
      type: Model,
      select: { id: true, endpointChangedAt: true },
      complexity: pageCost,
      resolve: async (provider, args, context) => {
        checkPage(args, 'offset')
        const models = (await latestModelsFor(context)(provider)).map((name) => ({ name }))
        return { ...withoutMadeUpCursors(resolveArrayConnection({ args, ...PAGE_SIZES }, models)), totalCount: models.length }
      },
      description: 'The models that the latest good test listed, for the endpoint as it is now. Test again to refresh them.',
    },
    {
      name: 'ModelConnection',
      description: 'A page of models.',
      fields: (f) => ({ totalCount: f.exposeInt('totalCount', { description: 'How many there are in all.' }) }),
    },
    { name: 'ModelEdge', description: 'A model in a page.' },
  ),
)

/** One lookup for each request, so that it asks for the models of a whole page at once. */
function latestModelsFor(context: GatewayContext): LatestModels {
  const known = lookups.get(context)
  if (known !== undefined) return known
  const made = createLatestModels(context.deps.database)
  lookups.set(context, made)
  return made
}

const lookups = new WeakMap<GatewayContext, LatestModels>()
