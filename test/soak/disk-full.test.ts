import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { startedProcess, startProcess, temporaryFolder } from '../support/gateway-process.ts'
import { tell } from './figures.ts'
import { type Answer, LoadClient } from './load-client.ts'

const ADMIN_TOKEN = 'admin-token-of-one-whose-disk-is-full'
const folder = temporaryFolder()
const disk = join(folder.path, 'disk')

/** A small disk of its own; not everybody may mount one. */
function mountSmallDisk(): boolean {
  mkdirSync(disk)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const isMounted = mountSmallDisk()
afterAll(() => {
  if (isMounted) execFileSync('umount', ['-l', disk])
  folder.remove()
})

/** Leaves so much room and no more. */
function fill(filler: string, leftBytes: number): void {
  const { bavail, bsize } = statfsSync(disk)
  writeFileSync(filler, Buffer.alloc(bavail * bsize - leftBytes))
}

describe.skipIf(!isMounted)('a gateway whose disk is full', () => {
  test('says so where there is room for no key file', async () => {
    const filler = join(disk, 'filler')
    // For an empty database, and no more.
    fill(filler, 12_288)
    const start = await startProcess(folder.path, { ADMIN_TOKEN, DATABASE_URL: `file:${disk}/first/gateway.db` })
    expect('stderr' in start && start.stderr).toMatch(
      /The key file .* cannot be written \(ENOSPC\)\. Its disk, or a quota on it, is full: free some space\./,
    )
    rmSync(filler)
  })

  test('refuses writes with 503, reads on, and writes again when there is room, with nothing lost', async () => {
    const gateway = await startedProcess(folder.path, { ADMIN_TOKEN, DATABASE_URL: `file:${disk}/gateway.db` })
    const client = new LoadClient([gateway.url], ADMIN_TOKEN)
    const kinds = async (count: number, run: (index: number) => Promise<Answer>) => {
      const answers: string[] = []
      for (let index = 0; index < count; index++) answers.push((await run(index)).kind)
      return answers
    }
    expect(new Set(await kinds(10, (index) => client.create(gateway.url, `before-${index}`)))).toEqual(new Set(['done']))
    const filler = join(disk, 'filler')
    fill(filler, 0)

    // What is in the files already may take a few more; then there is no room.
    const full = await kinds(100, (index) => client.create(gateway.url, `full-${index}`))
    expect(full.at(-1)).toBe('refused')
    expect(client.report.unavailable).toBeGreaterThan(0)
    expect(await kinds(20, () => client.list(gateway.url))).not.toContain('refused')

    rmSync(filler)
    expect(await kinds(10, (index) => client.create(gateway.url, `after-${index}`))).not.toContain('refused')
    const report = client.finish()
    expect(report.faults).toEqual([])
    for (const name of Object.keys(report.acknowledged)) await client.expectAtLeast(gateway.url, name, 1)
    expect(client.report.staleReads).toEqual([])
    const { unavailable, acknowledged, staleReads } = report
    tell('a full disk', { refusedWith503: unavailable, acknowledged: Object.keys(acknowledged).length, lost: staleReads.length })
    expect(await gateway.stop()).toBe(0)
  })
})
