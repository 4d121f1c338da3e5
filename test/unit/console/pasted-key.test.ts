import { describe, expect, it } from 'vitest'
import { endOfPastedKey } from '../../../console/src/parts/pasted-key.ts'

const KEY = 'sk-proj-0123456789_abc-wxyz'

describe('a key that is pasted into a search', () => {
  it.each([
    KEY,
    ` ${KEY}\n`,
    `"${KEY}",`,
    `'${KEY}'`,
    `OPENAI_API_KEY=${KEY}`,
    `export OPENAI_API_KEY="${KEY}" # the old one`,
    `Authorization: Bearer ${KEY}`,
    `\u200b${KEY}`,
    `sk-proj-01234\u200b56789_abc-wxyz`,
    'hf_abcdefghijklmnopqrstuvwxyzABCDwxyz',
    '0123456789abcdef0123456789abwxyz',
    'csk-abc0def1ghi2jkl3mno4pqr5stuvwxyz',
    'https://example.com/v1?key=AIzaSyA0123456789-abcdefghij_klmwxyz',
  ])('is found in %j, and no more than its last four characters is searched', (text) => {
    expect(endOfPastedKey(text)).toBe('wxyz')
  })

  it.each([
    '',
    'wxyz',
    'sk-p...wxyz',
    'OpenAI production',
    'sk-team',
    'anthropic-long-name-of-a-team-with-2-very-long-names',
    'production-2024-europe-west-1-openai',
    '230b6a98-35ca-4e4a-8a4d-8b51af18daf7',
    'https://my-company-openai-production.openai.azure.com/openai/v1',
  ])('is not taken for one: %j', (text) => {
    expect(endOfPastedKey(text)).toBeNull()
  })
})
