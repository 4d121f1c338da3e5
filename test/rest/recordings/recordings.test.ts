import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startTestGateway } from '../../support/gateway.ts'
import { startOpenAiUpstream } from '../../support/openai-upstream.ts'
import { type Exchange, GOOD_KEY, LIMITED_KEY, type Player, recordings, startPlayer } from '../../support/recording.ts'
import { playBifrost } from './bifrost-play.ts'
import { playCoder } from './coder-play.ts'
import { MENDED } from './mended.ts'
import { playRespan } from './respan-play.ts'
import { playZiri } from './ziri-play.ts'

/**
 * The recordings were made with commit 2ca7ee5, before the rooms were rebuilt. `RECORD=1 npx vitest run --project sqlite
 * test/rest/recordings` writes them anew, which is right only when a play itself changes.
 */
const PLAYS = [
  ['coder', '', playCoder],
  ['bifrost', '/bifrost', playBifrost],
  ['ziri', '/ziri', playZiri],
  ['respan', '/respan', playRespan],
] as const

async function played(prefix: string, play: (player: Player) => Promise<void>): Promise<Exchange[]> {
  const upstream = await startOpenAiUpstream({ [GOOD_KEY]: ['gpt-4o', 'gpt-4o-mini'], [LIMITED_KEY]: 429 })
  const environment = { OUTBOUND_ALLOW: 'loopback', SECRET_ENV_ALLOW: 'PLAYED_KEY', PLAYED_KEY: 'sk-played-fixture-key-0001' }
  const gateway = await startTestGateway({ environment })
  const { player, exchanges } = await startPlayer(gateway, prefix, upstream.origin)
  await play(player)
  await gateway.close()
  await upstream.close()
  return exchanges
}

describe.each(PLAYS)('the API of %s', (dialect, prefix, play) => {
  it('answers as it did before the rebuilding, but for faults that were mended', async () => {
    const file = join('test/fixtures/recordings', `${dialect}.jsonl`)
    const now = await played(prefix, play)
    if (process.env.RECORD !== undefined) recordings.write(file, now)
    const before = recordings.read(file)
    expect(now.map(({ request }) => request)).toEqual(before.map(({ request }) => request))
    const mended = new Set(MENDED.flatMap((entry) => (entry.dialect === dialect ? entry.steps : [])))
    const differs = ({ step }: Exchange) => JSON.stringify(now[step - 1]) !== JSON.stringify(before[step - 1])
    const kept = (exchange: Exchange) => !mended.has(exchange.step)
    const unexpected = before.filter((exchange) => kept(exchange) && differs(exchange)).map(({ step }) => step)
    expect(now.filter(kept), `steps ${unexpected} of ${dialect}`).toEqual(before.filter(kept))
    expect(before.filter((exchange) => !kept(exchange) && !differs(exchange)).map(({ step }) => step)).toEqual([])
  }, 120_000)
})
