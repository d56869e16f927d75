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
  *find({ written }) {
    for (const { kind, name, value } of written)
      for (const { pointer, key, text } of textsIn(value))
        if (/\bsts\.amazonaws\.com\b/.test(text))
          yield {
            at: { kind, name, pointer },
            sentence: `${quoted(key)} names the global endpoint of STS`,
            evidence: [],
            remedy: 'name the endpoint of a region, e.g. `sts.us-west-2.amazonaws.com`',
          };
  },
};
