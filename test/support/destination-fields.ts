/** Whether a change of a stored field changes where secrets go. Whoever adds one decides here, and in `destinationOf`. */
export const DESTINATION_FIELDS = {
  provider: {
    ...{ type: true, vendorPreset: true, baseUrl: true, modelsPath: true, authentication: true, callHeaders: true },
    ...{ settings: true, network: true },
    // `id` is bound apart from the destination.
    ...{ id: false, number: false, name: false, displayName: false, sortName: false, searchText: false, icon: false, enabled: false },
    ...{ callRoutes: false, testAfterWrites: false, extensions: false, version: false, createdAt: false, updatedAt: false },
    ...{ deletedAt: false, endpointChangedAt: false, lastConnectionTestId: false },
  },
  key: {
    ...{ endpoint: true, endpointVariable: true, region: true, roleArn: true, credentialParts: true, environmentVariable: true },
    // `id` and `providerId` are bound apart from the destination.
    ...{ id: false, number: false, providerId: false, name: false, masked: false, enabled: false, weight: false, externalId: false },
    ...{ models: false, exceptModels: false, extensions: false, createdAt: false, availabilityResets: false, lastConnectionTestId: false },
  },
  network: {
    ...{ extraHeaders: true, insecureSkipVerify: true, caCertificate: true, proxy: true },
    ...{ timeoutMs: false, maxRetries: false, retryBackoffInitialMs: false, retryBackoffMaxMs: false, allowPrivateNetwork: false },
  },
  bedrock: {
    ...{ region: true, roleArn: true },
    ...{ model: false, smallFastModel: false, externalId: false, hasAccessKey: false, protocol: false },
  },
} as const satisfies Record<string, Record<string, boolean>>

/** The fields that are part of the destination, as `provider.baseUrl`. The columns `settings` and `network` stand for their own fields. */
export const PARTS: readonly string[] = Object.entries(DESTINATION_FIELDS).flatMap(([row, fields]) =>
  Object.entries(fields).flatMap(([field, isPart]) => (isPart && !['settings', 'network'].includes(field) ? [`${row}.${field}`] : [])),
)
