// Passwords and keys in files that everybody can read.
import { textsIn, type Text } from '../texts.ts';
import { quoted } from '../said.ts';
import type { Finding } from '../finding.ts';

/** What it is, and how it looks. Never shown: a finding is printed in pull requests. */
const looks: readonly { readonly what: string; readonly isOne: (text: Text) => boolean }[] = [
  { what: 'an AWS access key', isOne: ({ text }) => /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/.test(text) },
  { what: 'a private key', isOne: ({ text }) => /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text) },
  { what: 'a signed token', isOne: ({ text }) => /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/.test(text) },
  // A password that an expression fills in is not in the file.
  { what: 'a password in a URL', isOne: ({ text }) => /\w:\/\/[^\s/:@]*:(?!\$\{\{)[^\s/@]+@/.test(text) },
  {
    what: 'a secret under a telling name',
    isOne: ({ key, text }) =>
      /(?:password|passwd|secret|api-?key|access-?key|(?:auth|bearer|api)-?token)$/i.test(key) &&
      text.length > 5 &&
      !/\$\{\{|^arn:|^\/|\s/.test(text),
  },
];

export const secretInYaml: Finding = {
  code: 'SECRET_IN_YAML',
  severity: 'error',
  means: 'A declaration holds a password, a key or a token.',
  why: 'These files are read in pull requests, copied into the journal as declared, and handed out in evidence bundles. A secret in them is one that everybody has, for as long as the evidence is kept.',
  fix: 'Take it out and change it, since it is known now. Name where it lies instead: a file, an environment variable, or a secret of the provider.',
  example: `with: { url: 'postgres://resus@ehr-east.example/ehr' }   # the password is in a file that resus.yaml names`,
  *find({ written }) {
    for (const { kind, name, value } of written)
      for (const text of textsIn(value)) {
        const look = looks.find((each) => each.isOne(text));
        if (look === undefined) continue;
        yield {
          at: { kind, name, pointer: text.pointer },
          sentence: `${quoted(text.key)} holds ${look.what}`,
          evidence: [],
          remedy: 'take it out, change it, and name where it lies instead',
        };
      }
  },
};
