import { z } from 'zod'
import { VALUE_PART } from '../../api-keys/credential-parts.ts'
import { readExtensions } from '../../api-keys/extensions.ts'
import { type CredentialPart, readCredentialParts } from '../../destination/stored-rows.ts'
import { builder } from '../builder.ts'
import { ApiKey } from './api-key.ts'

const CredentialPartType = builder.objectRef<CredentialPart>('CredentialPart').implement({
  description: "A part of a key's credential beside its value. It can be written, never read. Requires the role `viewer`.",
  authScopes: { viewer: true },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Which one, e.g. `azure.clientSecret`.' }),
    masked: t.exposeString('masked', { description: 'Safe to display; empty for a part in an environment variable.' }),
    environmentVariable: t.exposeString('environmentVariable', {
      nullable: true,
      description: 'Name of the environment variable that holds it; `null` for one that is stored.',
    }),
  }),
})

const modelNames = z.array(z.string()).nullable()

builder.prismaObjectFields(ApiKey, (t) => ({
  credentialParts: t.field({
    type: [CredentialPartType],
    select: { credentialParts: true },
    resolve: ({ credentialParts }) => readCredentialParts(credentialParts).filter(({ name }) => name !== VALUE_PART),
    description:
      'The parts of its credential beside the value. An endpoint, region, role or external id that is not in a variable has its own field.',
  }),
  longMask: t.string({
    nullable: true,
    select: { credentialParts: true },
    resolve: ({ credentialParts }) => readCredentialParts(credentialParts).find(({ name }) => name === VALUE_PART)?.masked,
    description:
      'A mask of its value with four characters at each end where it has more than eight; `null` for a key that came without `credentialParts`.',
  }),
  endpoint: t.exposeString('endpoint', {
    nullable: true,
    description: "Its own endpoint, instead of the provider's base URL; `null` if it has none, or one in a variable.",
  }),
  endpointVariable: t.exposeString('endpointVariable', {
    nullable: true,
    description: 'Name of the environment variable that holds its own endpoint.',
  }),
  region: t.exposeString('region', { nullable: true, description: 'The AWS region of this key.' }),
  roleArn: t.exposeString('roleArn', { nullable: true, description: 'The IAM role that this key assumes.' }),
  externalId: t.exposeString('externalId', { nullable: true, description: 'The external id that the role asks for.' }),
  models: t.field({
    type: ['String'],
    nullable: true,
    select: { models: true },
    resolve: ({ models }) => modelNames.parse(models),
    description: 'Models that it serves: names with `*` for any characters; `null` for every one.',
  }),
  exceptModels: t.field({
    type: ['String'],
    nullable: true,
    select: { exceptModels: true },
    resolve: ({ exceptModels }) => modelNames.parse(exceptModels),
    description: 'Models that it does not serve, as names with `*`; `null` for none.',
  }),
  extensions: t.field({
    type: 'JSON',
    select: { extensions: true },
    resolve: ({ extensions }) => readExtensions(extensions),
    description: 'Data that programs keep with it, by namespace; the gateway does not interpret it. No secrets.',
  }),
}))
