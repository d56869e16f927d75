// One run as NIST OSCAL assessment results (v1.2.2): each measurement an observation that points at the entries; each objective a
// finding. Only the floor `live` gives findings: a laboratory shows that a runbook works, not that a control is met.
import { createHash } from 'node:crypto';
import type { Checkpoint } from '../journal/checkpoint.ts';
import { sha256 } from '../journal/hash.ts';
import { deviationsOf } from './deviations.ts';
import { fencingOf, objectivesOf, verdictOf, type Account, type Objective } from './account.ts';

const ns = 'urn:resus:oscal';
/** Objectives of NIST SP 800-53 r5 (identifiers only). */
const objectiveIds = { rto: 'cp-10_obj-1', rpo: 'cp-9.1_obj-1' } as const;

export function assessmentResults(account: Account, checkpoint: Checkpoint, events: string): object {
  const { run, opened, measured, closed, executed } = account;
  const id = (name: string): string => uuidV5(`${opened.log}/${run}/${name}`);
  const start = opened.ts;
  const end = (closed ?? measured ?? executed ?? opened).ts;
  const isLive = opened.floor === 'live';
  const objectives = objectivesOf(account);
  const observations = objectives.map((objective) => ({
    uuid: id(`observation/${objective.name}`),
    title: objective.name === 'rto' ? 'Recovery time' : 'Recovery point',
    description: `${sentenceOf(objective)} Measured with canaries on the users' own path; entry ${measured?.seq ?? closed?.seq ?? opened.seq}.`,
    methods: ['TEST'],
    collected: (measured ?? closed ?? opened).ts,
    props: [
      prop(`${objective.name}-target-ms`, objective.targetMs),
      ...(objective.achievedMs === undefined ? [] : [prop(`${objective.name}-achieved-ms`, objective.achievedMs)]),
    ],
    'relevant-evidence': [{ href: `#${id('events')}`, description: `Entries ${opened.seq} to ${(closed ?? opened).seq} of the log` }],
  }));
  const deviations = deviationsOf(account).map(({ seq, at, what, by, because, record }) => ({
    uuid: id(`deviation/${seq}`),
    title: 'Left by hand',
    description: `${what}, by ${by}: ${because}${record === undefined ? '' : ` (record ${record})`}. Entry ${seq}.`,
    methods: ['EXAMINE'],
    types: ['deviation'],
    collected: new Date(at).toISOString(),
    ...(record === undefined ? {} : { props: [prop('record', record)] }),
    'relevant-evidence': [{ href: `#${id('events')}`, description: `Entry ${seq} of the log` }],
  }));
  const findings = objectives.map((objective) => ({
    uuid: id(`finding/${objective.name}`),
    title: `${objective.name.toUpperCase()} ${objective.isMet ? 'met' : 'not met'}`,
    description: sentenceOf(objective),
    target: {
      type: 'objective-id',
      'target-id': objectiveIds[objective.name],
      status: { state: objective.isMet ? 'satisfied' : 'not-satisfied', reason: objective.isMet ? 'pass' : 'fail' },
    },
    'related-observations': [{ 'observation-uuid': id(`observation/${objective.name}`) }],
  }));
  return {
    'assessment-results': {
      uuid: id('results'),
      metadata: { title: `Recovery of ${opened.data.workload}: run ${run}`, 'last-modified': end, version: '1', 'oscal-version': '1.2.2' },
      'import-ap': { href: `#${id('events')}`, remarks: 'The plan, its approvals and its hash are entries of the log.' },
      results: [
        {
          uuid: id('result'),
          title: `${opened.data.mode} of ${opened.data.workload}`,
          description: isLive ? 'Performed on the live service.' : `Performed on the floor "${opened.floor}": no evidence for a control.`,
          start,
          end,
          props: [
            prop('floor', opened.floor),
            prop('verdict', verdictOf(account)),
            prop('fencing', fencingOf(account)),
            prop('deviations', deviations.length),
            prop('plan-sha256', opened.data.plan),
            prop('log-size', checkpoint.size),
            prop('log-root-sha256', checkpoint.root),
          ],
          'reviewed-controls': {
            'control-selections': [
              { 'include-controls': [{ 'control-id': 'cp-4' }, { 'control-id': 'cp-9.1' }, { 'control-id': 'cp-10' }] },
            ],
          },
          observations: [...observations, ...deviations],
          ...(isLive ? { findings } : {}),
        },
      ],
      'back-matter': {
        resources: [
          {
            uuid: id('events'),
            title: `Log ${opened.log}`,
            rlinks: [
              {
                href: '../log/events.ndjson',
                'media-type': 'application/x-ndjson',
                hashes: [{ algorithm: 'SHA-256', value: sha256(events) }],
              },
            ],
          },
        ],
      },
    },
  };
}

const sentenceOf = ({ name, targetMs, achievedMs, isMet }: Objective): string =>
  `${name.toUpperCase()} ${targetMs} ms, achieved ${achievedMs === undefined ? 'unknown' : `${achievedMs} ms`}: ${isMet ? 'met' : 'not met'}.`;
const prop = (name: string, value: string | number): object => ({ name, ns, value: String(value) });

/** RFC 9562 version 5 in the URL namespace: the same log and run give the same identifiers. OSCAL accepts versions 4 and 5 only. */
function uuidV5(name: string): string {
  const urls = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex');
  const bytes = createHash('sha1').update(urls).update(`urn:resus:${name}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
