import { expect, test } from 'vitest'
import { storedNetwork, storedSettings } from '../../../src/destination/stored-rows.ts'
import { Prisma } from '../../../src/generated/prisma-sqlite/client.ts'

/** Whether a change of a column changes where secrets go. Whoever adds a column decides here, and in `destinationOf`. */
const PROVIDER = {
  ...{
    type: true,
    vendorPreset: true,
    baseUrl: true,
    modelsPath: true,
    authentication: true,
    callHeaders: true,
    settings: true,
    network: true,
  },
  // `id` is bound apart from the destination.
  ...{ id: false, number: false, name: false, displayName: false, sortName: false, searchText: false, icon: false, enabled: false },
  ...{ callRoutes: false, testAfterWrites: false, extensions: false, version: false, createdAt: false, updatedAt: false, deletedAt: false },
  ...{ endpointChangedAt: false, lastConnectionTestId: false },
}
const API_KEY = {
  ...{ endpoint: true, endpointVariable: true, region: true, roleArn: true, credentialParts: true, environmentVariable: true },
  // `id` and `providerId` are bound apart from the destination.
  ...{ id: false, number: false, providerId: false, name: false, masked: false, enabled: false, weight: false, externalId: false },
  ...{ models: false, exceptModels: false, extensions: false, createdAt: false, availabilityResets: false, lastConnectionTestId: false },
}
const NETWORK = {
  ...{ extraHeaders: true, insecureSkipVerify: true, caCertificate: true, proxy: true },
  ...{ timeoutMs: false, maxRetries: false, retryBackoffInitialMs: false, retryBackoffMaxMs: false, allowPrivateNetwork: false },
}
const BEDROCK = {
  region: true,
  roleArn: true,
  model: false,
  smallFastModel: false,
  externalId: false,
  hasAccessKey: false,
  protocol: false,
}

test.each([
  ['a provider', Object.keys(Prisma.ProviderScalarFieldEnum), PROVIDER],
  ['a key', Object.keys(Prisma.ApiKeyScalarFieldEnum), API_KEY],
  ['a network configuration', Object.keys(storedNetwork.shape), NETWORK],
  ['Bedrock settings', Object.keys(storedSettings.shape.bedrock.shape), BEDROCK],
])('every field of %s is said to be part of the destination or not', (_, fields, classed) => {
  expect(fields.sort()).toEqual(Object.keys(classed).sort())
})
