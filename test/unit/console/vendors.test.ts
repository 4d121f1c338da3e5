import { expect, test } from 'vitest'
import { NEW_PROVIDER } from '../../../console/src/form/provider-draft.ts'
import { type CatalogueVendor, chooseVendor, vendorKeyOf, vendorsOf } from '../../../console/src/form/vendors.ts'

const NOTHING = { acceptsApiKeys: true, documentationUrl: 'https://docs.example.com', presets: [] }
const vendors = vendorsOf([
  { ...NOTHING, type: 'ANTHROPIC', displayName: 'Anthropic', defaultBaseUrl: 'https://api.anthropic.com' },
  { ...NOTHING, type: 'AZURE', displayName: 'Azure OpenAI', defaultBaseUrl: null },
  { ...NOTHING, type: 'OPENAI', displayName: 'OpenAI', defaultBaseUrl: 'https://api.openai.com/v1' },
  {
    ...{ ...NOTHING, type: 'OPENAI_COMPAT', displayName: 'OpenAI-compatible', defaultBaseUrl: null },
    presets: [
      { name: 'groq', displayName: 'Groq', defaultBaseUrl: 'https://api.groq.com/openai/v1' },
      { name: 'mistral', displayName: 'Mistral', defaultBaseUrl: 'https://api.mistral.ai/v1' },
    ],
  },
])
const draft = { ...NEW_PROVIDER, baseUrl: 'https://api.openai.com/v1' }

function vendor(label: string): CatalogueVendor {
  const found = vendors.find((one) => one.label === label)
  if (found === undefined) throw new Error(`There is no vendor ${label}.`)
  return found
}

test('types and the vendors known by name are one list, which ends with any other vendor', () => {
  expect(vendors.map(({ label }) => label)).toEqual(['OpenAI', 'Anthropic', 'Azure OpenAI', 'Groq', 'Mistral', 'OpenAI-compatible'])
  expect(new Set(vendors.map(({ key }) => key)).size).toBe(vendors.length)
})

test('a choice fills in type, name, display name and endpoint, and another one puts its own in their place', () => {
  const groq = chooseVendor(draft, vendor('Groq'), vendors)
  expect(groq).toEqual({ type: 'OPENAI_COMPAT', name: 'groq', displayName: 'Groq', baseUrl: 'https://api.groq.com/openai/v1' })
  expect(chooseVendor({ ...draft, ...groq }, vendor('Anthropic'), vendors)).toEqual({
    ...{ type: 'ANTHROPIC', name: 'anthropic', displayName: '', baseUrl: 'https://api.anthropic.com' },
  })
  expect(chooseVendor({ ...draft, ...groq }, vendor('OpenAI-compatible'), vendors)).toEqual({
    ...{ type: 'OPENAI_COMPAT', name: '', displayName: '', baseUrl: '' },
  })
})

test('a choice leaves what somebody has typed', () => {
  const typed = { ...draft, name: 'mine', displayName: 'My own', baseUrl: 'https://relay.example.com/v1' }
  expect(chooseVendor(typed, vendor('Mistral'), vendors)).toEqual({ type: 'OPENAI_COMPAT' })
})

test('the vendor of a draft is still shown when it got another name', () => {
  const mistral = { ...draft, ...chooseVendor(draft, vendor('Mistral'), vendors) }
  expect(vendorKeyOf(mistral, vendors)).toBe('OPENAI_COMPAT/mistral')
  expect(vendorKeyOf({ ...mistral, name: 'mistral-eu' }, vendors)).toBe('OPENAI_COMPAT/mistral')
  expect(vendorKeyOf({ ...mistral, name: 'own', baseUrl: 'https://own.example.com/v1' }, vendors)).toBe('OPENAI_COMPAT')
  expect(vendorKeyOf(draft, vendors)).toBe('OPENAI')
})
