import type { Command } from 'commander'
import { readRoutes, type StoredRoute } from './apply/plan-routes.ts'
import { help, JSON_OPTION } from './help.ts'
import { withDatabase } from './open.ts'
import { printResult, shortened, table } from './output.ts'
import type { Shell } from './shell.ts'

export function addRoutes(program: Command, shell: Shell): void {
  program
    .command('routes')
    .summary('list the model routes')
    .description(
      'Lists the model routes by name, with their targets in the order in which they are tried: the smallest priority first, and by weight within it. `gateway apply` creates and changes them. Only a running gateway knows which targets pause: see `RouteTarget.state` or the console.',
    )
    .option(...JSON_OPTION)
    .addHelpText('after', help({ examples: ['gateway routes', 'gateway routes --json'] }))
    .action((options: { json?: true }) =>
      withDatabase(shell, async (open) => {
        const routes = (await readRoutes(open)).map(toListed)
        printResult(shell, options.json === true, routes, routeTable(routes))
      }),
    )
}

function toListed({ id, name, description, enabled, retryAfterTimeout, version, createdAt, updatedAt, targets }: StoredRoute) {
  const listed = targets.map(({ provider, model, weight, priority }) => {
    return { provider: provider.name, model, weight, priority, providerState: stateOf(provider) }
  })
  const inOrder = listed.sort((one, other) => one.priority - other.priority)
  return { id, name, description, enabled, retryAfterTimeout, version, createdAt, updatedAt, targets: inOrder }
}

type ListedRoute = ReturnType<typeof toListed>
type ListedTarget = ListedRoute['targets'][number]

function stateOf({ enabled, deletedAt }: StoredRoute['targets'][number]['provider']) {
  if (deletedAt !== null) return 'deleted'
  return enabled ? 'enabled' : 'disabled'
}

function routeTable(routes: readonly ListedRoute[]): string {
  if (routes.length === 0) return 'No model routes. Add them below `routes` in a file for `gateway apply`, or in the console.'
  const lines = routes.flatMap(({ name, enabled, targets }) => {
    const [first = '', ...others] = targets.map(targetText)
    const state = enabled ? 'enabled' : 'disabled'
    return [[shortened(name, 30), state, first], ...others.map((text) => ['', '', text])]
  })
  return table(['ROUTE', 'STATE', 'TARGETS'], lines)
}

function targetText({ provider, model, weight, priority, providerState }: ListedTarget): string {
  const note = providerState === 'enabled' ? '' : ` (provider ${providerState})`
  return `${provider}/${model}, priority ${priority}, weight ${weight}${note}`
}
