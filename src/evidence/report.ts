// The report for people: one page, no script, nothing fetched, every value escaped, every figure with the entry that says it.
import type { Phase } from '../core/objective/measurement.ts';
import { phases } from '../core/objective/measurement.ts';
import { saidRunbook } from '../core/runbook/plan.ts';
import type { Checkpoint } from '../journal/checkpoint.ts';
import { fencingOf, instantOf, objectivesOf, verdictOf, type Account } from './account.ts';
import { deviationsOf } from './deviations.ts';
import { html, type Html } from './html.ts';
import { sentenceOf } from './sentence.ts';

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2430}
h1{font-size:1.5rem;margin-bottom:.2rem}h2{font-size:1.1rem;margin-top:2rem;border-bottom:1px solid #c8d0da}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .6rem .25rem 0;vertical-align:top;border-bottom:1px solid #e4e8ee}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.cite{color:#5a6676;font-size:.8em;white-space:nowrap}
.verdict{border:2px solid #1c2430;padding:.8rem 1rem;margin:1rem 0}.verdict b{font-size:1.3rem}code{font-size:.85em;overflow-wrap:anywhere}`;

const floors = {
  live: 'This run was performed on the live service.',
  lab: 'This run was performed in the laboratory: real processes on one machine, no patient care and no live service. It shows that the runbook and the tool work; it is no evidence that a control is met in production.',
  simulation: 'This run was simulated. It is no evidence of anything that happened.',
} as const;
const fencing: Readonly<Record<string, string>> = {
  'storage-fenced': 'Proof: the storage acknowledges nothing without the new writer.',
  confirmed: 'Proof: every process of the old writer was seen gone and its start gate is held.',
  'powered-off': 'Proof: the old writer was read back as powered off.',
  'self-fenced': "Proof: the old writer's lease ran out where it enforces itself.",
  'provider-asserted':
    'A claim, not a proof: the provider says that it fences, on a best-effort basis. Two writers for a moment cannot be excluded.',
  'break-glass': 'No proof: people decided to go on without one. Two writers for a moment cannot be excluded.',
  none: 'No fence was stated.',
};

export function reportOf(account: Account, checkpoint: Checkpoint): string {
  const { opened, incident, drill, drillClosed, measured, closed, tier, workload, compiled, declared, approvals } = account;
  const measurement = measured?.data.measurement;
  const verdict = verdictOf(account);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>Recovery of ${opened.data.workload}: ${verdict}</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <h1>Recovery of ${opened.data.workload}</h1>
        <p>
          Run <code>${account.run}</code>,
          ${opened.data.mode}${drill === undefined ? '' : html`, game day ${drill.data.gameday} ${cite(drill.seq)}`}, ${opened.ts}
          ${cite(opened.seq)}
        </p>
        <div class="verdict"><b>${verdict.toUpperCase()}</b> on the floor <b>${opened.floor}</b><br />${floors[opened.floor]}</div>
        ${section('Objectives against results', objectivesTable(account))}
        ${section(
          'Where the time went',
          measurement?.phasesMs === undefined || measured === undefined
            ? html`<p>Not measured.</p>`
            : table(
                ['Phase', 'Milliseconds'],
                phases.map((phase: Phase) => [html`${phase}`, html`${measurement.phasesMs?.[phase] ?? 0}`]),
                1,
              ),
        )}
        <p>
          From the last good answer on the users' own path to the first good one that lasted (${tier.usersPath.good} in a row over at least
          ${tier.usersPath.sustainedMs} ms). The phases add up to the RTA.
        </p>
        ${unwatched(account)} ${section('Canaries', canariesTable(account))}
        <p>
          Each canary was written and read back as a user does. RPA is an upper bound: also with nothing lost it is the gap between two
          canaries (${tier.usersPath.intervalMs}
          ms).${measured?.data.provisional === true ? ' These figures are provisional: not every acknowledged canary could be asked for.' : ''}
        </p>
        ${section('Fencing', html`<p><b>${fencingOf(account)}</b>. ${fencing[fencingOf(account)] ?? ''} ${account.fences.map(({ seq, data }) => html`${data.sentence} ${cite(seq)} `)}</p>`)}
        ${section(
          'Decision',
          html`<p>
              ${incident === undefined ? html`Planned. ` : html`${incident.data.diagnosis} of ${incident.data.site}: ${incident.data.sentence} ${cite(incident.seq)} `}${opened.data.because}
              ${cite(opened.seq)}
            </p>
            <ul>
              ${opened.data.reasons.map((reason) => html`<li>${reason}</li>`)}
            </ul>
            <p>
              Approvals needed: ${opened.data.approvalsNeeded}.
              ${approvals.map(({ seq, data, ts }) => html`${data.by} at ${ts}${data.emergency === undefined ? '' : `, alone, as ${data.emergency.role}, by the emergency rule: ${data.emergency.reason}`} ${cite(seq)}. `)}
            </p>`,
        )}
        ${section('Left by hand', deviationsTable(account))} ${section('Steps', stepsTable(account))}
        ${section('Timeline', timeline(account))}
        ${section(
          'Configuration at the time',
          table(
            ['What', 'Value'],
            [
              [html`Workload, tier`, html`${workload.id} (${workload.owner}; clinical owner ${workload.clinicalOwner}), tier ${tier.id}`],
              [html`Impact`, html`${workload.impact}`],
              [html`Downtime procedure`, html`${workload.downtimeProcedure}`],
              [
                html`Plan`,
                html`<code>${opened.data.plan}</code>
                  ${compiled === undefined ? '' : html`runbook ${saidRunbook(compiled.data.plan)}, ${compiled.data.plan.from} to ${compiled.data.plan.to} ${cite(compiled.seq)}`}`,
              ],
              [html`Estate`, html`<code>${declared.data.estate}</code> ${cite(declared.seq)}`],
              [
                html`Log`,
                html`${checkpoint.origin}, ${checkpoint.size} entries, root <code>${checkpoint.root}</code>, control domain
                  ${opened.controlDomain}, epoch ${opened.epoch}`,
              ],
            ],
          ),
        )}
        ${section(
          'Limits',
          html`<ul>
            <li>${floors[opened.floor]}</li>
            <li>Times are those of the controller and of the canary clients; no outside time stamp bounds them.</li>
            <li>
              The log is signed by the one who keeps it. Whether it is the only history of this log can be told only with a key and a
              checkpoint that were kept elsewhere before.
            </li>
            <li>What people and providers report about themselves is recorded as they said it.</li>
          </ul>`,
        )}
        <p class="cite">
          Numbers in brackets are entries of log/events.ndjson.
          ${closed === undefined ? 'The run is not closed.' : html`Run closed ${closed.ts} ${cite(closed.seq)}.`}
          ${drillClosed === undefined ? '' : html`Game day: ${drillClosed.data.verdict} ${cite(drillClosed.seq)}.`} How to check this file:
          VERIFY.md.
        </p>
      </body>
    </html> `;
  return page.text;
}

const cite = (seq: number): Html => html`<span class="cite">[#${seq}]</span>`;
const section = (title: string, content: Html): Html =>
  html`<h2>${title}</h2>
    ${content}`;
/** `numeric`: the column that is aligned as numbers. */
const table = (head: readonly string[], rows: readonly (readonly Html[])[], numeric = -1): Html =>
  html`<table>
    <tr>
      ${head.map((cell, i) => (i === numeric ? html`<th class="n">${cell}</th>` : html`<th>${cell}</th>`))}
    </tr>
    ${rows.map(
      (row) =>
        html`<tr>
          ${row.map((cell, i) => (i === numeric ? html`<td class="n">${cell}</td>` : html`<td>${cell}</td>`))}
        </tr> `,
    )}
  </table>`;

function objectivesTable(account: Account): Html {
  const source = account.measured;
  const bound = source?.data.measurement.coverage === undefined ? '' : 'at most ';
  return table(
    ['Objective', 'Target', 'Achieved', 'Result'],
    objectivesOf(account).map(({ name, loss, targetMs, achievedMs, isMet }) => [
      html`${name === 'rto' ? 'Recovery time (RTO, RTA)' : 'Recovery point (RPO, RPA)'}`,
      html`${targetMs} ms${loss === undefined ? '' : ` after a lost ${loss}`}`,
      html`${achievedMs === undefined ? 'unknown' : `${bound}${achievedMs} ms`} ${source === undefined ? '' : cite(source.seq)}`,
      html`${bound === '' ? (isMet ? 'met' : 'not met') : 'not shown'}`,
    ]),
  );
}
function unwatched({ measured, populations }: Account): Html | string {
  const silent = populations.filter(({ received }) => received.data.measurement.coverage !== undefined);
  if (measured === undefined || silent.length === 0) return '';
  return html`<p>
    <b>The users' path was not watched all the time.</b> What users felt then is unknown. It counts as outage, so that the figures are upper
    bounds, and no objective is shown to be met.
    ${silent.map(({ received: { seq, data } }) => {
      const { measuredMs = 0, unknownMs = 0 } = data.measurement.coverage ?? {};
      return html`${data.population}: ${measuredMs} ms measured, ${unknownMs} ms unknown ${cite(seq)}. `;
    })}
  </p>`;
}
function canariesTable({ populations }: Account): Html {
  return table(
    ['Population', 'Acknowledged', 'Lost', 'Written twice', 'Unknown'],
    populations.map(({ received }) => {
      const { acknowledged, lost, duplicated, unknown } = received.data.measurement.canaries;
      return [
        html`${received.data.population} ${cite(received.seq)}`,
        html`${acknowledged}`,
        html`${lost}`,
        html`${duplicated}`,
        html`${unknown}`,
      ];
    }),
  );
}
function stepsTable({ steps }: Account): Html {
  return table(
    ['Step', 'Action', 'Attempts', 'Result', 'Milliseconds'],
    steps.map(({ id, uses, seq, attempts, startedAt, endedAt, result, detail }) => [
      html`${id} ${cite(seq)}`,
      html`${uses}`,
      html`${attempts}`,
      html`${result} ${detail}`,
      html`${endedAt === undefined ? '' : endedAt - startedAt}`,
    ]),
    4,
  );
}
function deviationsTable(account: Account): Html {
  const deviations = deviationsOf(account);
  const isValidated = account.workload.validated === true;
  const kind = isValidated ? html`<p>A validated system (GxP): each of these is closed before it is released.</p>` : '';
  if (deviations.length === 0)
    return html`${kind}
      <p>Nothing: the plan was carried out as it was approved.</p>`;
  return html`${kind}${table(
    ['Entry', 'UTC', 'What', 'Who', 'Why', 'Record'],
    deviations.map(({ seq, at, what, by, because, record }) => [
      cite(seq),
      html`${new Date(at).toISOString().slice(11, 23)}`,
      html`${what}`,
      html`${by}`,
      html`${because}`,
      html`${record ?? 'none'}`,
    ]),
  )}`;
}
function timeline({ story }: Account): Html {
  const start = story[0] === undefined ? 0 : instantOf(story[0]);
  return table(
    ['Entry', 'UTC', '+ ms', 'What happened', 'Who'],
    story.map((entry) => [
      cite(entry.seq),
      html`${entry.ts.slice(11, 23)}`,
      html`${instantOf(entry) - start}`,
      html`${sentenceOf(entry)}`,
      html`${entry.actor.kind} ${entry.actor.id}`,
    ]),
    2,
  );
}
