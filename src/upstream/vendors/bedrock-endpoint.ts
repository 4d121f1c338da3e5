import { under } from './endpoint-url.ts'

/** Where Bedrock's models are listed, and the region that a signature must name. */
export interface BedrockEndpoint {
  readonly listUrl: URL
  /** Null when neither the settings nor the base URL name one. */
  readonly region: string | null
  /** The region that the base URL names, when the settings name another. */
  readonly otherRegion: string | null
}

/** `bedrock.`, `bedrock-runtime.`, `bedrock-mantle.` and their FIPS forms, in all partitions. */
const AWS_HOST = /^bedrock(?:-[a-z]+)*\.([a-z0-9-]+)\.(amazonaws\.com|amazonaws\.com\.cn|api\.aws)$/
const VPC_HOST = /\.bedrock(?:-[a-z]+)*\.([a-z0-9-]+)\.vpce\.amazonaws\.com$/

/**
 * People enter the endpoint that answers prompts (`bedrock-runtime`); the list is on the control endpoint (`bedrock`) of the
 * same region. Any other host, such as a proxy or a VPC endpoint, is used as it is.
 */
export function bedrockEndpoint(base: URL, settingsRegion: string | null): BedrockEndpoint {
  const aws = AWS_HOST.exec(base.hostname)
  const urlRegion = aws?.[1] ?? VPC_HOST.exec(base.hostname)?.[1] ?? null
  const otherRegion = settingsRegion !== null && urlRegion !== null && settingsRegion !== urlRegion ? urlRegion : null
  const host = aws ? `https://bedrock.${urlRegion}.${aws[2] === 'amazonaws.com.cn' ? 'amazonaws.com.cn' : 'amazonaws.com'}` : base
  return { listUrl: under(new URL(host), 'foundation-models'), region: settingsRegion ?? urlRegion, otherRegion }
}

/** Whether a host is AWS's own Bedrock: other hosts under amazonaws.com may be anyone's. */
export const BEDROCK_HOST = new RegExp(`${AWS_HOST.source}|${VPC_HOST.source}`)

/** Whether a text can be a region at all: it becomes part of a host's name. */
export function isRegion(text: string): boolean {
  return /^[a-z]{2,3}(?:-[a-z]+)+-\d{1,2}$/.test(text)
}

/** The regional endpoint of AWS's token service. */
export function stsUrl(region: string): URL {
  return new URL(`https://sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/`)
}
