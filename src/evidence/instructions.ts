// VERIFY.md: how a stranger checks the bundle that it lies in. Nothing here asks for trust in the bundle itself.
import type { Checkpoint } from '../journal/checkpoint.ts';
import { verdictOf, type Account } from './account.ts';

export const stockChecks = [
  'sha256sum -c SHA256SUMS',
  'openssl pkeyutl -verify -pubin -inkey keys/log.pem -rawin -in log/checkpoint.body -sigfile log/checkpoint.sig',
] as const;

export function instructions(account: Account, checkpoint: Checkpoint): string {
  const { opened, run } = account;
  return `# How to check this bundle

It is the account of run \`${run}\` (${opened.data.mode} of \`${opened.data.workload}\`, floor \`${opened.floor}\`): **${verdictOf(account)}**.
Read \`report.html\`; every number in brackets there is the \`seq\` of a line in \`log/events.ndjson\`.

## With tools that every system has

Run these in this folder. The first finds changed files; the second (OpenSSL 3.0 or newer) finds a changed checkpoint.

\`\`\`
${stockChecks.join('\n')}
\`\`\`

## With Resus

\`\`\`
resus verify . --vkey FILE
\`\`\`

It also checks the signature over the manifest, that no file was added, the hash chain and every stream of the log, the
Merkle root (RFC 6962) in the checkpoint, and computes RTA and RPA again from the canaries. FILE is the log's key as you
got it before and by another way (\`--vkey\` takes its text, too). Without it you learn only that the bundle agrees with
the key inside it: whoever holds a key can make such a bundle.

## What stands in it

| Path | What it is |
| --- | --- |
| \`log/events.ndjson\` | the log ${checkpoint.origin}, entries 0 to ${checkpoint.size - 1}, as they were written |
| \`log/checkpoint\` | signed note (C2SP): size and Merkle root of the log; \`.body\` and \`.sig\` are its parts |
| \`keys/\` | the public key, as C2SP vkey and as PEM |
| \`blobs/\` | what entries name by SHA-256: the estate as declared, the canaries as sent and found again |
| \`manifest.json\`, \`manifest.dsse.json\` | in-toto statement over all other files, and the same signed (DSSE) |
| \`oscal/\`, \`csv/\`, \`report.html\` | the same account for auditors, for spreadsheets and for people |

## What it cannot show

A checkpoint proves that nothing before it changed since it was signed. It does not prove that the keeper of the key showed
everybody the same log: compare with a checkpoint kept elsewhere. Times are the keeper's clocks.
`;
}
