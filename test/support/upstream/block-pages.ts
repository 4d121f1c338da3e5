import type { RecordedAnswer } from './recorder.ts'

/** An answer of something that stands between: the shape of its page, and not its text. */
export interface BlockPage {
  readonly from: string
  answer(status: number): RecordedAnswer
}

const html = (headers: Record<string, string>, body: (status: number) => string) => (status: number) => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
  body: body(status),
})

/** Pages of firewalls, balancers, company proxies and guest networks, each as it is labelled when it comes. */
export const BLOCK_PAGES: readonly BlockPage[] = [
  {
    from: 'a Cloudflare challenge',
    answer: html(
      { server: 'cloudflare', 'cf-mitigated': 'challenge', 'cf-ray': '8a1b2c3d4e5f6a7b-FRA' },
      () => '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title></head><body><noscript>x</noscript></body></html>',
    ),
  },
  {
    from: 'a Cloudflare block',
    answer: html(
      { server: 'cloudflare', 'cf-ray': '8a1b2c3d4e5f6a7b-FRA' },
      () =>
        '<!DOCTYPE html>\n<!--[if lt IE 7]> <html class="no-js ie6"> <![endif]-->\n<head><title>Attention Required! | Cloudflare</title></head>',
    ),
  },
  {
    from: 'a Cloudflare block in JSON',
    answer: (status) => ({
      status,
      headers: { 'content-type': 'application/problem+json', server: 'cloudflare' },
      body: {
        type: 'https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/error-1020/',
        title: 'Error 1020: Access denied',
        status,
        detail: 'The site owner has blocked this request.',
        error_code: 1020,
        cloudflare_error: true,
      },
    }),
  },
  {
    from: 'an error number of Cloudflare in plain text',
    answer: (status) => ({
      status,
      headers: { 'content-type': 'text/plain; charset=UTF-8', server: 'cloudflare' },
      body: 'error code: 1020',
    }),
  },
  {
    from: 'Akamai',
    answer: html(
      { server: 'AkamaiGHost' },
      () =>
        '<HTML><HEAD>\n<TITLE>Access Denied</TITLE>\n</HEAD><BODY>\n<H1>Access Denied</H1>\nReference&#32;&#35;18&#46;x\n</BODY>\n</HTML>\n',
    ),
  },
  {
    from: 'AWS WAF at a load balancer',
    answer: html(
      { server: 'awselb/2.0' },
      (status) =>
        `<html>\r\n<head><title>${status} Forbidden</title></head>\r\n<body>\r\n<center><h1>${status} Forbidden</h1></center>\r\n</body>\r\n</html>\r\n`,
    ),
  },
  {
    from: 'AWS WAF at CloudFront',
    answer: html(
      { server: 'CloudFront', 'x-cache': 'Error from cloudfront' },
      () =>
        '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" "http://www.w3.org/TR/html4/loose.dtd">\n<HTML><HEAD><TITLE>ERROR: The request could not be satisfied</TITLE></HEAD></HTML>',
    ),
  },
  {
    from: 'nginx with basic authentication',
    answer: html(
      { server: 'nginx/1.22.1', 'www-authenticate': 'Basic realm="Restricted"' },
      (status) =>
        `<html>\r\n<head><title>${status} Authorization Required</title></head>\r\n<body>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n`,
    ),
  },
  {
    from: 'Envoy, in plain text',
    answer: (status) => ({ status, headers: { 'content-type': 'text/plain', server: 'envoy' }, body: 'RBAC: access denied' }),
  },
  {
    from: 'HAProxy',
    answer: html(
      { 'cache-control': 'no-cache' },
      (status) => `<html><body><h1>${status} Forbidden</h1>\nRequest forbidden by administrative rules.\n</body></html>\n`,
    ),
  },
  {
    from: 'Zscaler',
    answer: html(
      { server: 'Zscaler/6.2' },
      () => '<!doctype html><html><head><title>Internet Security by Zscaler</title></head><body>x</body></html>',
    ),
  },
  {
    from: 'Netskope',
    answer: html(
      { server: 'Netskope' },
      () => '<html><head><meta http-equiv="X-UA-Compatible"><title>Access Blocked</title></head><body></body></html>',
    ),
  },
  {
    from: 'Squid',
    answer: html(
      { server: 'squid/5.7', 'x-squid-error': 'ERR_ACCESS_DENIED 0' },
      () =>
        '<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01//EN"><html><head><title>ERROR: The requested URL could not be retrieved</title></head></html>',
    ),
  },
  {
    from: 'a captive portal',
    answer: html({}, () => '<html><head><script>location.href="http://portal.guest/login"</script></head></html>'),
  },
  {
    from: 'a captive portal that calls its page JSON',
    answer: (status) => ({ status, headers: { 'content-type': 'application/json' }, body: '<!doctype html><title>Guest network</title>' }),
  },
  {
    from: 'a page in plain text',
    answer: (status) => ({
      status,
      headers: { 'content-type': 'text/plain' },
      body: 'Access to this site is blocked by your organization.',
    }),
  },
  { from: 'somebody who says nothing', answer: (status) => ({ status, headers: { 'content-type': 'text/plain' }, body: '' }) },
  {
    from: 'somebody who asks for a password and says nothing',
    answer: (status) => ({ status, headers: { 'www-authenticate': 'Negotiate' }, body: '' }),
  },
  { from: 'JSON that is no error of an API', answer: (status) => ({ status, body: { policy: 'deny-ai', categories: ['generative'] } }) },
  {
    from: 'an API that passes on a page',
    answer: (status) => ({ status, body: { error: { message: '<html><head><title>Blocked</title></head></html>' } } }),
  },
]

/** Refusals that are an API's own, each in the words and under the label that some vendor gives it. */
export const API_REFUSALS: readonly { readonly from: string; readonly answer: RecordedAnswer }[] = [
  {
    from: 'OpenAI',
    answer: {
      status: 401,
      body: { error: { message: 'Incorrect API key provided.', type: 'invalid_request_error', code: 'invalid_api_key' } },
    },
  },
  {
    from: 'Anthropic',
    answer: { status: 401, body: { type: 'error', error: { type: 'authentication_error', message: 'invalid x-api-key' } } },
  },
  {
    from: 'Google',
    answer: {
      status: 400,
      body: {
        error: {
          code: 400,
          message: 'API key not valid. Please pass a valid API key.',
          status: 'INVALID_ARGUMENT',
          details: [{ reason: 'API_KEY_INVALID' }],
        },
      },
    },
  },
  {
    from: "Google's OpenAI mode",
    answer: {
      status: 400,
      body: [{ error: { code: 400, message: 'API key not valid. Please pass a valid API key.', status: 'INVALID_ARGUMENT' } }],
    },
  },
  {
    from: 'xAI',
    answer: { status: 400, body: { code: 'Client specified an invalid argument', error: 'Incorrect API key provided: sk***x.' } },
  },
  {
    from: 'Azure',
    answer: {
      status: 401,
      body: { error: { code: '401', message: 'Access denied due to invalid subscription key or wrong API endpoint.' } },
    },
  },
  {
    from: 'Bedrock',
    answer: {
      status: 403,
      headers: { 'x-amzn-errortype': 'UnrecognizedClientException:http://x' },
      body: { message: 'The security token included in the request is invalid.' },
    },
  },
  { from: 'Cohere', answer: { status: 401, body: { message: 'invalid api token' } } },
  { from: 'Voyage', answer: { status: 401, body: { detail: 'Provided API key is invalid.' } } },
  { from: 'NVIDIA', answer: { status: 401, body: { status: 401, title: 'Unauthorized', detail: 'Authentication failed' } } },
  { from: 'Deepgram', answer: { status: 401, body: { err_code: 'INVALID_AUTH', err_msg: 'Invalid credentials.', request_id: 'x' } } },
  { from: 'AI21', answer: { status: 403, body: { detail: 'Forbidden: Bad or missing API key.' } } },
  { from: 'DashScope', answer: { status: 401, body: { code: 'InvalidApiKey', message: 'Invalid API-key provided.', request_id: 'x' } } },
  { from: 'SiliconFlow', answer: { status: 401, body: '"Invalid token"' } },
  {
    from: 'Cloudflare',
    answer: {
      status: 401,
      body: { success: false, errors: [{ code: 10000, message: 'Authentication error' }], messages: [], result: null },
    },
  },
  { from: 'MiniMax', answer: { status: 200, body: { base_resp: { status_code: 1004, status_msg: 'login fail' } } } },
  { from: 'vLLM', answer: { status: 401, body: { error: 'Unauthorized' } } },
  {
    from: 'an API that calls its JSON HTML',
    answer: { status: 401, headers: { 'content-type': 'text/html' }, body: '{"error":{"message":"Invalid API key"}}' },
  },
  {
    from: 'an API that calls its JSON plain text',
    answer: { status: 401, headers: { 'content-type': 'text/plain' }, body: '{"detail":"Invalid API key"}' },
  },
  {
    from: 'an API that answers by RFC 6750 alone',
    answer: { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' }, body: '' },
  },
]
