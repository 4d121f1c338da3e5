import { expect, test } from 'vitest'
import { storedNetwork, storedSettings } from '../../../src/destination/stored-rows.ts'
import { Prisma } from '../../../src/generated/prisma-sqlite/client.ts'
import { DESTINATION_FIELDS } from '../../support/destination-fields.ts'

test.each([
  ['a provider', Object.keys(Prisma.ProviderScalarFieldEnum), DESTINATION_FIELDS.provider],
  ['a key', Object.keys(Prisma.ApiKeyScalarFieldEnum), DESTINATION_FIELDS.key],
  ['a network configuration', Object.keys(storedNetwork.shape), DESTINATION_FIELDS.network],
  ['Bedrock settings', Object.keys(storedSettings.shape.bedrock.shape), DESTINATION_FIELDS.bedrock],
])('every field of %s is said to be part of the destination or not', (_, fields, classed) => {
  expect(fields.sort()).toEqual(Object.keys(classed).sort())
})
