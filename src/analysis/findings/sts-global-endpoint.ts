// Credentials that come from one region only.
import { textsIn } from '../texts.ts';
import { quoted } from '../said.ts';
import type { Finding } from '../finding.ts';

export const stsGlobalEndpoint: Finding = {
  code: 'STS_GLOBAL_ENDPOINT',
  severity: 'error',
  means: 'Something uses the global endpoint of STS.',
  why: '`sts.amazonaws.com` may be served by us-east-1 alone. When that region is lost nobody gets credentials there, and everything that Resus would do in the regions that are left waits for them.',
  fix: 'Use the endpoint of a region: `sts.us-west-2.amazonaws.com`, best that of the region that is acted on.',
  example: `with: { address: sts.us-west-2.amazonaws.com:443 }`,
  *find({ written, controller }) {
    for (const { kind, name, value } of written)
      for (const { pointer, key, text } of textsIn(value))
        if (isGlobal(text))
          yield {
            at: { kind, name, pointer },
            sentence: `${quoted(key)} names the global endpoint of STS`,
            evidence: [],
            remedy: 'name the endpoint of a region, e.g. `sts.us-west-2.amazonaws.com`',
          };
    for (const [region, url] of Object.entries(controller?.endpoints ?? {}))
      if (isGlobal(url))
        yield {
          at: { kind: 'Config', name: controller?.file ?? '', pointer: `/providers/aws/endpoints/${region}` },
          sentence: `the endpoint for ${quoted(region)} is the global one of STS`,
          evidence: [],
          remedy: 'leave it out: the endpoint of the region is used then',
        };
  },
};

/** Its host, or the name by which SDKs and tools ask for it. */
const isGlobal = (text: string): boolean => /\bsts\.amazonaws\.com\b|^aws-global$/.test(text);
