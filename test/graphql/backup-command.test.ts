import { randomUUID } from 'node:crypto'
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { callToken } from '../support/call-token.ts'
import { runCommand, runJson } from '../support/command-line.ts'
import { inSqlite } from '../support/first-release.ts'
import { useGateway } from '../support/use.ts'

const gateway = useGateway()

const backUp = (file: string) => runCommand(['backup', '--to', file, '--json'], { environment: gateway.shared })

describe('gateway backup', () => {
  if (process.env.TEST_DATABASE === 'postgresql')
    test('names the tool of PostgreSQL for a database there', async () => {
      expect(await backUp(join(gateway.folder, 'copy.db'))).toMatchObject({ exitCode: 78, errors: expect.stringContaining('pg_dump') })
    })
  else
    test('makes a file for its user alone beside a running gateway, and never writes over one', async () => {
      const file = join(gateway.folder, "it's a copy.db")
      const activityFile = join(gateway.folder, "it's a copy-activity.db")
      expect(await backUp(file)).toMatchObject({ exitCode: 0, output: `${JSON.stringify({ file, activityFile }, null, 2)}\n` })
      for (const made of [file, activityFile]) expect((statSync(made).mode & 0o777).toString(8)).toBe('600')
      const { mtimeMs } = statSync(file)
      expect(await backUp(file)).toMatchObject({ exitCode: 1, errors: expect.stringContaining('EEXIST') })
      expect(statSync(file).mtimeMs).toBe(mtimeMs)
    })

  test.runIf(process.env.TEST_DATABASE !== 'postgresql')(
    'copies when tokens were last used and what was called, and leaves no half of a backup',
    async () => {
      const { id, value } = await gateway.createToken('VIEWER')
      await gateway.graphql('{ viewer { role } }', {}, value)
      const headers = { authorization: `Bearer ${await callToken(gateway)}` }
      expect((await gateway.fetch('/ai/nobody/chat/completions', { method: 'POST', headers })).status).toBe(404)
      await gateway.restart()
      const file = join(gateway.folder, 'used.db')
      await backUp(file)
      const environment = { ...gateway.shared, DATABASE_URL: `file:${file}` }
      const [, uuid = ''] = Buffer.from(id, 'base64').toString().split(':')
      const listed = await runJson<{ id: string; lastUsedAt: string | null }[]>(['tokens', 'list'], { environment })
      expect(listed.find((token) => token.id === uuid)?.lastUsedAt).toMatch(/^2/)
      expect(await runJson(['usage', '--by', 'outcome'], { environment })).toMatchObject([{ group: 'REFUSED_BY_GATEWAY', calls: 1 }])

      writeFileSync(join(gateway.folder, 'taken-activity.db'), 'something else')
      expect(await backUp(join(gateway.folder, 'taken.db'))).toMatchObject({ exitCode: 1, errors: expect.stringContaining('EEXIST') })
      expect(existsSync(join(gateway.folder, 'taken.db'))).toBe(false)
    },
  )

  test.runIf(process.env.TEST_DATABASE !== 'postgresql')('has the whole backup as soon as its file is there', async () => {
    const file = join(gateway.folder, 'whole.db')
    let isOver = false
    const done = backUp(file).finally(() => {
      isOver = true
    })
    while (!existsSync(file) && !isOver) await setImmediate()
    expect(existsSync(join(gateway.folder, 'whole-activity.db'))).toBe(true)
    expect(await done).toMatchObject({ exitCode: 0 })

    writeFileSync(join(gateway.folder, 'there.db'), 'something else')
    expect(await backUp(join(gateway.folder, 'there.db'))).toMatchObject({ exitCode: 1, errors: expect.stringContaining('EEXIST') })
    expect(existsSync(join(gateway.folder, 'there-activity.db'))).toBe(false)
  })

  test.runIf(process.env.TEST_DATABASE !== 'postgresql')('names what an interrupted one left in the folder, and keeps it', async () => {
    const left = join(gateway.folder, `earlier.db.${randomUUID()}.unfinished`)
    writeFileSync(left, 'a part')
    const { exitCode, errors } = await backUp(join(gateway.folder, 'later.db'))
    expect([exitCode, errors]).toEqual([0, expect.stringContaining(`delete them:\n${left}\n`)])
    expect(existsSync(left)).toBe(true)
    rmSync(left)
    expect(await backUp(join(gateway.folder, 'latest.db'))).toMatchObject({ exitCode: 0, errors: '' })
    // A file in the place of a folder holds none.
    const inFile = await backUp(join(gateway.folder, 'latest.db', 'copy.db'))
    expect([inFile.exitCode, inFile.errors]).toEqual([1, expect.stringContaining('Choose a file that does not exist yet')])
  })

  test('copies what this release has not migrated yet, and nothing where no gateway was started', async () => {
    const old = await inSqlite(gateway.folder)
    await old.database.close()
    const of = (url: string) => ({ environment: { ...gateway.shared, DATABASE_URL: url } })
    const file = join(gateway.folder, 'before-the-upgrade.db')
    expect(await runCommand(['backup', '--to', file], of(old.url))).toMatchObject({ exitCode: 0 })
    // It is still of that release.
    expect(await runCommand(['tokens', 'list'], of(`file:${file}`))).toMatchObject({ exitCode: 78 })
    writeFileSync(join(gateway.folder, 'empty.db'), '')
    const copy = join(gateway.folder, 'of-nothing.db')
    expect(await runCommand(['backup', '--to', copy], of(`file:${join(gateway.folder, 'empty.db')}`))).toMatchObject({ exitCode: 78 })
    expect(existsSync(copy)).toBe(false)
  })
})
