// Probes and canaries that name the record of somebody who may be a patient.
import type { Workload } from '../../core/estate.ts';
import { listed, quoted } from '../said.ts';
import { textsIn } from '../texts.ts';
import type { Finding } from '../finding.ts';

/** A FHIR address of one patient, or a search for what is about one. */
const ofPatient = /(?:\/Patient\/|[?&](?:patient|subject)=(?:Patient\/)?)([A-Za-z0-9.-]{1,64})(?=[/?&#]|$)/g;

export const canaryOnPatients: Finding = {
  code: 'CANARY_ON_PATIENTS',
  severity: 'error',
  means: 'A probe, or the address of the canaries, names a patient who is not declared to be a made-up one.',
  why: 'What looks and writes every second, also while a recovery goes wrong, must never have a real record in reach: it fills its access log, and whoever can change the declaration reads a patient.',
  fix: 'Make up a patient for this, and declare the id in `usersPath.canaries.patients`; canaries themselves write about nobody.',
  example: `replicas:
  - name: east
    probes: [{ id: read, uses: http, with: { url: 'https://east.fhir.example/Patient/canary-1', expectStatus: 200 } }]
usersPath:
  url: https://fhir.example
  canaries: { system: 'https://hospital.example/canaries', patients: [canary-1] }`,
  *find({ estate }) {
    for (const workload of Object.values(estate.workloads)) {
      const { id, usersPath } = workload;
      const madeUp = usersPath.canaries?.patients ?? [];
      for (const { what, text, pointer } of placesIn(workload))
        for (const [, patient = ''] of text.matchAll(ofPatient))
          if (!madeUp.includes(patient))
            yield {
              at: { kind: 'Workload', name: id, pointer },
              // It may be a real one, and findings are printed into pull requests: the place alone is said.
              sentence: `${what} name a patient who is not declared to be made up`,
              evidence: [madeUp.length === 0 ? 'no made-up patient is declared' : `made up: ${listed(madeUp)}`],
              remedy: 'use a made-up patient, and declare the id in `usersPath.canaries.patients`',
            };
    }
  },
};

const placesIn = ({
  usersPath,
  replicas,
}: Workload): readonly { readonly what: string; readonly text: string; readonly pointer: string }[] => [
  { what: 'the canaries', text: usersPath.url, pointer: '/spec/usersPath/url' },
  ...replicas.flatMap(({ name, probes }, index) =>
    probes.flatMap((probe, which) =>
      textsIn(probe.with, `/spec/replicas/${index}/probes/${which}/with`).map(({ text, pointer }) => ({
        what: `the looks of probe ${quoted(probe.id)} of ${quoted(name)}`,
        text,
        pointer,
      })),
    ),
  ),
];
