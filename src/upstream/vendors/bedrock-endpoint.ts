import { knownTarget, type Target } from '../client/target.ts'
import { under } from './base-url.ts'

/** Where Bedrock's models are listed, and the region that a signature must name. */
export interface BedrockEndpoint {
  readonly list: Target
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
export function bedrockEndpoint(base: Target, settingsRegion: string | null): BedrockEndpoint {
  const urlRegion = regionOf(base)
  const otherRegion = settingsRegion !== null && urlRegion !== null && settingsRegion !== urlRegion ? urlRegion : null
  return { list: under(controlEndpoint(base) ?? base, 'foundation-models'), region: settingsRegion ?? urlRegion, otherRegion }
}

/** The region that the host of a base URL names; null for hosts that are not AWS's. */
export function regionOf({ hostname }: Target): string | null {
  return AWS_HOST.exec(hostname)?.[1] ?? VPC_HOST.exec(hostname)?.[1] ?? null
}

/** Where AWS lists the models of the region that a base URL is in; null for hosts that are not AWS's own. */
export function controlEndpoint({ hostname, isSecure, port }: Target): Target | null {
  const [, region, domain] = AWS_HOST.exec(hostname) ?? []
  if (region === undefined || !isSecure || port !== 443) return null
  return knownTarget(`https://bedrock.${region}.amazonaws.com${domain === 'amazonaws.com.cn' ? '.cn' : ''}`)
}

/**
 * Where AWS answers prompts, for a base URL that names the control endpoint (`bedrock.`) of a region; the target as it is for
 * all other hosts.
 */
export function runtimeEndpoint(base: Target): Target {
  const [, region, domain] = /^bedrock\.([a-z0-9-]+)\.(amazonaws\.com(?:\.cn)?)$/.exec(base.hostname) ?? []
  if (region === undefined || !base.isSecure || base.port !== 443) return base
  const { origin, hostname } = knownTarget(`https://bedrock-runtime.${region}.${domain}`)
  return { ...base, origin, hostname }
}

/** Whether a host is AWS's own Bedrock: other hosts under amazonaws.com may be anyone's. */
export const BEDROCK_HOST = new RegExp(`${AWS_HOST.source}|${VPC_HOST.source}`)

/** Whether a text can be a region at all: it becomes part of a host's name. */
export function isRegion(text: string): boolean {
  return /^[a-z]{2,3}(?:-[a-z]+)+-\d{1,2}$/.test(text)
}

/** The regional endpoint of AWS's token service. */
export function stsTarget(region: string): Target {
  return knownTarget(`https://sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/`)
}
