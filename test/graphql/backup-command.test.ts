import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from '../support/command-line.ts'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
})
afterAll(() => gateway.close())

const backUp = (file: string) => runCommand(['backup', '--to', file, '--json'], { environment: gateway.shared })

describe('gateway backup', () => {
  if (process.env.TEST_DATABASE === 'postgresql')
    test('names the tool of PostgreSQL for a database there', async () => {
      expect(await backUp(join(gateway.folder, 'copy.db'))).toMatchObject({ exitCode: 78, errors: expect.stringContaining('pg_dump') })
    })
  else
    test('makes a file for its user alone beside a running gateway, and never writes over one', async () => {
      const file = join(gateway.folder, "it's a copy.db")
      expect(await backUp(file)).toMatchObject({ exitCode: 0, output: `${JSON.stringify({ file }, null, 2)}\n` })
      expect((statSync(file).mode & 0o777).toString(8)).toBe('600')
      const { mtimeMs } = statSync(file)
      expect(await backUp(file)).toMatchObject({ exitCode: 1, errors: expect.stringContaining('EEXIST') })
      expect(statSync(file).mtimeMs).toBe(mtimeMs)
    })
})
