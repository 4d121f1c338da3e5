import { describe, expect, it } from 'vitest'
import { coderClient, newProvider } from '../../support/coder-client.ts'
import { auditEvents } from '../../support/store.ts'
import { useGateway } from '../../support/use.ts'

const gateway = useGateway()
const client = coderClient(gateway)

const FIFTY = Array.from({ length: 50 }, (_, index) => index)

describe('many requests at once', () => {
  it('creates one of 50 providers of one name, and answers 409 to the other 49', async () => {
    const body = newProvider({ api_keys: ['sk-key-one'] })
    const answers = await Promise.all(FIFTY.map(() => client.create(body)))
    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses).toEqual([201, ...Array<number>(49).fill(409)])
    expect((await client.list()).filter(({ name }) => name === body.name)).toHaveLength(1)
  })

  it('loses none of 50 changes to one provider', async () => {
    const { id, name } = await client.created()
    const answers = await Promise.all(
      FIFTY.map((index) => client.patch(name, index % 2 === 0 ? { icon: `icon ${index}` } : { display_name: `name ${index}` })),
    )
    expect(answers.map(({ status }) => status)).toEqual(FIFTY.map(() => 200))
    expect((await client.get(name)).headers.get('etag')).toBe(`"${id}.51"`)
    const events = await auditEvents(gateway, id)
    expect(events.filter(({ action }) => action === 'provider.updated')).toHaveLength(50)
  })

  it('lets one of 50 changes to the same state win, and answers 412 to the other 49', async () => {
    const { name } = await client.created()
    const etag = (await client.get(name)).headers.get('etag') ?? ''
    const answers = await Promise.all(FIFTY.map((index) => client.patch(name, { icon: `icon ${index}` }, { 'if-match': etag })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(49).fill(412)])
  })
})
