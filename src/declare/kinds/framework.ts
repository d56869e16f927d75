// A framework of controls, such as the HIPAA Security Rule: what each asks for in our own words, and which entries of the journal show it.
// What the journal cannot show is said to be not assessed; nothing here ever says "compliant".
import Type, { type Static } from 'typebox';
import type { Framework } from '../../core/estate.ts';
import { evidenceEvents, evidenceScope, type EvidenceEvent } from '../evidence-scope.ts';
import { checkerFor, remedyOf, type Checked } from '../expression.ts';
import { below } from '../pointer.ts';
import { quoted } from '../problem.ts';
import { Choice, closed, Condition, Distinct, Duration, LongText, Name, Text } from '../schema.ts';
import { namesOf } from '../scope.ts';
import { kindOf, ms, present, type Declaration, type Resolving } from './kind.ts';

const Evidence = Type.Object(
  {
    id: Name('what this evidence is called'),
    event: Choice(evidenceEvents, 'the fact of the journal that shows it'),
    where: Type.Optional(Condition),
    freshness: Duration({ least: '1d', most: '10y', about: 'how old the newest such entry may be before it counts as stale' }),
  },
  closed,
);
const Control = Type.Object(
  {
    id: Type.String({
      pattern: '^[A-Za-z0-9](?:[A-Za-z0-9 .,:()/_-]{0,126}[A-Za-z0-9)])?$',
      form: 'the identifier as it is printed, e.g. 164.308(a)(7)(ii)(D)',
      title: 'the identifier as the publisher writes it',
    }),
    oscalId: Type.Optional(
      Type.String({
        pattern: '^[a-z0-9](?:[a-z0-9._-]{0,126}[a-z0-9])?$',
        form: 'an identifier of an OSCAL catalogue, e.g. cp-4.1',
        title: 'the same in its OSCAL catalogue',
      }),
    ),
    unchecked: Type.Boolean({ default: false, title: 'the identifier was not compared with the source; do that before you rely on it' }),
    paraphrase: LongText('what it asks for, in words of your own'),
    evidence: Distinct(Evidence, 'id', { maxItems: 20, default: [], title: 'what shows it; only entries of the floor `live` count' }),
    notAssessed: Type.Optional(LongText('why the journal cannot show it, or not all of it, and who can')),
  },
  closed,
);
const spec = Type.Object(
  {
    title: Text('what it is called'),
    edition: Text('which text was read: a date, a version, a paragraph of law'),
    source: Type.String({
      pattern: '^https://[^\\s/]+(?:/\\S*)?$',
      maxLength: 2_048,
      form: 'an https URL',
      title: 'where the text itself stands; it is not copied here',
    }),
    checkedOn: Type.String({
      pattern: '^\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])$',
      form: 'a day, e.g. 2026-11-22',
      title: 'when it was last compared with its source',
    }),
    status: Choice(['in-force', 'proposed'], 'whether it binds anybody yet'),
    enabled: Type.Optional(
      Type.Boolean({ title: 'whether evidence is judged by it; when left out, what is in force is on and what is proposed is off' }),
    ),
    controls: Distinct(Control, 'id', { minItems: 1, maxItems: 500, title: 'what it asks for' }),
  },
  closed,
);
type Spec = Static<typeof spec>;

export const framework = kindOf({
  kind: 'Framework',
  collection: 'frameworks',
  summary:
    'Controls that somebody must show, each in our own words, with the entries of the journal that show it and how fresh they must be.',
  spec,
  resolve(all, resolving) {
    // Without any the estate is as it was before there were frameworks, and so is its hash.
    if (all.length === 0) return undefined;
    return Object.fromEntries(
      all.map((declaration): [string, Framework] => {
        const { name, spec: own } = declaration;
        checkControls(declaration, resolving);
        return [
          name,
          {
            id: name,
            title: own.title,
            edition: own.edition,
            source: own.source,
            checkedOn: own.checkedOn,
            status: own.status,
            enabled: own.enabled ?? own.status === 'in-force',
            controls: own.controls.map(
              (control) =>
                present({
                  id: control.id,
                  oscalId: control.oscalId,
                  unchecked: control.unchecked,
                  paraphrase: control.paraphrase,
                  evidence: control.evidence.map(
                    (query) =>
                      present({
                        id: query.id,
                        event: query.event,
                        where: query.where,
                        freshMs: ms(query.freshness),
                      }) as Framework['controls'][number]['evidence'][number],
                  ),
                  notAssessed: control.notAssessed,
                }) as Framework['controls'][number],
            ),
          },
        ];
      }),
    );
  },
});

function checkControls(of: Declaration<Spec>, resolving: Resolving): void {
  of.spec.controls.forEach((control, index) => {
    const at = below('/spec/controls', index);
    if (control.evidence.length === 0 && control.notAssessed === undefined)
      resolving.say(of, {
        pointer: at,
        code: 'MISSING_KEY',
        message: `control ${quoted(control.id)} has neither \`evidence\` nor \`notAssessed\``,
        remedy: 'add the entries that show it, or say in `notAssessed` why the journal cannot',
      });
    control.evidence.forEach((query, which) => checkWhere(of, query, below(at, 'evidence', which, 'where'), resolving));
  });
}

const checkers = new Map<EvidenceEvent, (text: string) => Checked>();
function checkWhere(
  of: Declaration<Spec>,
  { event, where }: Spec['controls'][number]['evidence'][number],
  pointer: string,
  resolving: Resolving,
): void {
  if (where === undefined || of.holes.has(pointer) || !evidenceEvents.includes(event)) return;
  const scope = evidenceScope(event);
  const check = checkers.get(event) ?? checkerFor(scope);
  checkers.set(event, check);
  const checked = check(where);
  if (checked.ok && (checked.type === 'bool' || checked.type === 'dyn')) return;
  const said = checked.ok
    ? { code: 'EXPRESSION_TYPE' as const, message: `this gives ${checked.type}; bool is wanted`, offset: 0, name: undefined }
    : { name: undefined, ...checked };
  const { code, message, offset, name } = said;
  resolving.say(of, {
    pointer,
    offset,
    code,
    message,
    remedy: remedyOf({ code, ...(name === undefined ? {} : { name }) }, namesOf(scope)),
  });
}
