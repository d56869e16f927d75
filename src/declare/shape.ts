// Values against their schemas: Ajv finds every mistake, and each becomes one sentence that people read.
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { TSchema } from 'typebox';
import { scheduleMistake } from './cron.ts';
import { durationMs } from './duration.ts';
import { escaped, spoken } from './pointer.ts';
import { quoted, type Code, type Remedy } from './problem.ts';
import type { Referred } from './schema.ts';
import { didYouMean, nearest } from './suggest.ts';

/** The names that references may use, by what they name. */
export type Names = ReadonlyMap<Referred, ReadonlySet<string>>;
/** Among the names when some could not be read: then no reference can be said to lead nowhere. */
export const anyName = '*';
export type ShapeMistake = {
  readonly pointer: string;
  readonly key?: string;
  readonly code: Code;
  readonly message: string;
  readonly remedy: Remedy;
  /** Whether another type is wanted, which is the one thing that an expression can be blamed for. */
  readonly wants?: string;
};

const ajv = new Ajv2020({
  allErrors: true,
  strict: true,
  strictTypes: false,
  strictRequired: false,
  useDefaults: true,
  passContext: true,
  verbose: true,
  discriminator: true,
});
ajv.addVocabulary(['form', 'names', 'stricter']);

type Keyword = { (this: unknown, schema: unknown, data: unknown): boolean; errors?: Partial<ErrorObject>[] };
const keyword = (
  name: string,
  type: 'string' | 'array',
  find: (schema: never, data: never, names: Names) => Record<string, unknown> | undefined,
): void => {
  const validate: Keyword = function (this: unknown, schema, data) {
    const params = find(schema as never, data as never, this as Names);
    if (params !== undefined) validate.errors = [{ keyword: name, params, message: name }];
    return params === undefined;
  };
  ajv.addKeyword({ keyword: name, type, errors: true, validate });
};
keyword('duration', 'string', (bounds: { least: string; most: string; or?: string }, text: string) => {
  if (text === bounds.or) return undefined;
  const ms = durationMs(text);
  if (ms === undefined) return { code: 'BAD_DURATION' };
  return ms < (durationMs(bounds.least) ?? 0) || ms > (durationMs(bounds.most) ?? 0) ? { code: 'DURATION_RANGE', ...bounds } : undefined;
});
keyword('refers', 'string', (to: Referred, name: string, names: Names) =>
  names.get(to)?.has(name) === true || names.get(to)?.has(anyName) === true ? undefined : { to, known: names.get(to) ?? new Set() },
);
keyword('distinct', 'array', (by: string, items: readonly unknown[]) => {
  const seen = new Set<unknown>();
  for (const [index, item] of items.entries()) {
    const value: unknown = typeof item === 'object' && item !== null ? (item as Record<string, unknown>)[by] : undefined;
    if (value !== undefined && seen.has(value)) return { index, by, value };
    seen.add(value);
  }
  return undefined;
});
keyword('schedule', 'string', (part: 'cron' | 'zone', text: string) => {
  const mistake = scheduleMistake(part, text);
  return mistake === undefined ? undefined : { mistake };
});

/** Fills in defaults where keys are missing, and says everything that is wrong with the value that stands at `pointer`. */
export function shapeMistakes(schema: TSchema, value: unknown, names: Names, pointer = ''): readonly ShapeMistake[] {
  const validate: ValidateFunction = ajv.compile(schema);
  const parent = { value };
  if (
    validate.call(names, value, {
      instancePath: pointer,
      parentData: parent,
      parentDataProperty: 'value',
      rootData: parent,
      dynamicAnchors: {},
    })
  )
    return [];
  const errors = validate.errors ?? [];
  const unions = errors.filter((error) => error.keyword === 'anyOf' || error.keyword === 'oneOf');
  const told = errors.filter(
    (error) =>
      error.keyword !== 'if' &&
      !unions.some(
        (union) =>
          error !== union && error.schemaPath.startsWith(`${union.schemaPath}/`) && error.instancePath.startsWith(union.instancePath),
      ),
  );
  const mistakes = told.map(sentence);
  // A key that is misspelt is one mistake, not an unknown key and a missing one.
  const meant = new Set(
    told.flatMap((error) => (error.keyword === 'additionalProperties' ? [`${error.instancePath} ${meantKey(error) ?? ''}`] : [])),
  );
  return mistakes.filter((_, index) => {
    const error = told[index];
    return error?.keyword !== 'required' || !meant.has(`${error.instancePath} ${String(error.params['missingProperty'])}`);
  });
}

const knownKeys = (error: ErrorObject): string[] => Object.keys((error.parentSchema?.['properties'] ?? {}) as object);
const meantKey = (error: ErrorObject): string | undefined => {
  const present = (error.data ?? {}) as object;
  return nearest(
    String(error.params['additionalProperty']),
    knownKeys(error).filter((key) => !Object.hasOwn(present, key)),
  );
};

const here = (error: ErrorObject): string => (error.instancePath === '' ? 'the declaration' : `\`${spoken(error.instancePath)}\``);
const text = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'));

const wanted: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: '`true` or `false`',
  object: 'a mapping',
  array: 'a list',
};
const typeOf = (value: unknown): string =>
  Array.isArray(value)
    ? 'a list'
    : value === null
      ? 'empty'
      : (({ string: 'a text', number: 'a number', boolean: 'a boolean', object: 'a mapping' } as Record<string, string>)[typeof value] ??
        'unknown');

const unknownCodes: Readonly<Record<Referred, Code>> = {
  Site: 'UNKNOWN_SITE',
  Tier: 'UNKNOWN_TIER',
  Workload: 'UNKNOWN_WORKLOAD',
  Runbook: 'UNKNOWN_RUNBOOK',
  GameDay: 'UNKNOWN_KIND',
  Calendar: 'UNKNOWN_CALENDAR',
  Framework: 'UNKNOWN_KIND',
  action: 'UNKNOWN_ACTION',
  probe: 'UNKNOWN_PROBE',
  fault: 'UNKNOWN_FAULT',
};

/** What is wanted in place of a text: our own words, or the provider's, or the pattern itself. */
const formOf = (error: ErrorObject): string => {
  const { form, description } = (error.parentSchema ?? {}) as { form?: string; description?: string };
  return form === undefined
    ? description === undefined
      ? `it must fit ${String(error.params['pattern'])}`
      : withoutStop(description)
    : `write ${form}`;
};
const withoutStop = (sentence: string): string => sentence.replace(/\.$/, '');

type Said = Omit<ShapeMistake, 'pointer'> & { readonly below?: string };
/** One row a keyword. A keyword without a row gets Ajv's own sentence. */
const sayings: Readonly<Record<string, (error: ErrorObject) => Said>> = {
  additionalProperties: (error) => {
    const key = String(error.params['additionalProperty']);
    const known = knownKeys(error);
    const meant = meantKey(error);
    if (known.length === 0 && error.parentSchema?.['patternProperties'] !== undefined)
      return {
        key,
        code: 'BAD_FORM',
        message: `${quoted(key)} cannot be a name in ${here(error)}`,
        remedy: (error.parentSchema as { names?: string }).names ?? 'use letters, digits and `_`, beginning with a letter',
      };
    return {
      key,
      code: 'UNKNOWN_KEY',
      message: `${quoted(key)} is not a key of ${here(error)}`,
      remedy:
        meant !== undefined
          ? `did you mean \`${meant}\`?`
          : known.length > 0
            ? `its keys are ${known.map((each) => `\`${each}\``).join(', ')}`
            : 'leave it out',
    };
  },
  required: (error) => {
    const key = String(error.params['missingProperty']);
    const schema = ((error.parentSchema?.['properties'] ?? {}) as Record<string, { title?: string; description?: string } | undefined>)[
      key
    ];
    const about = schema?.title ?? schema?.description;
    return {
      code: 'MISSING_KEY',
      message: `${here(error)} has no \`${key}\``,
      remedy: about === undefined ? `add \`${key}\`` : `add \`${key}\`: ${withoutStop(about)}`,
    };
  },
  type: (error) => {
    const type = String(error.params['type']);
    return {
      code: 'WRONG_TYPE',
      message: `${here(error)} is ${typeOf(error.data)}; ${wanted[type] ?? type} is wanted`,
      remedy:
        error.parentSchema?.['duration'] !== undefined
          ? 'write a duration, e.g. `90s`'
          : type === 'string' && typeof error.data !== 'object'
            ? 'put it in quotes'
            : `write ${wanted[type] ?? type}`,
      wants: type,
    };
  },
  enum: (error) => {
    const allowed = (error.params['allowedValues'] as unknown[]).map(text);
    const near = nearest(text(error.data), allowed);
    const all = allowed.length === 1 ? `write \`${allowed[0] ?? ''}\`` : `one of ${allowed.map((each) => `\`${each}\``).join(', ')}`;
    return {
      code: 'NOT_ALLOWED',
      message: `${here(error)} cannot be ${quoted(text(error.data))}`,
      remedy: near === undefined ? all : `did you mean \`${near}\`? ${all}`,
    };
  },
  const: (error) => ({
    code: 'NOT_ALLOWED',
    message: `${here(error)} cannot be ${quoted(text(error.data))}`,
    remedy: `write ${quoted(text(error.params['allowedValue']))}`,
  }),
  pattern: (error) => ({
    code: 'BAD_FORM',
    message: `${quoted(text(error.data))} does not have the form that ${here(error)} wants`,
    remedy: formOf(error),
  }),
  minimum: (error) => ({
    code: 'OUT_OF_RANGE',
    message: `${here(error)} is ${text(error.data)}`,
    remedy: `at least ${String(error.params['limit'])}`,
  }),
  maximum: (error) => ({
    code: 'OUT_OF_RANGE',
    message: `${here(error)} is ${text(error.data)}`,
    remedy: `at most ${String(error.params['limit'])}`,
  }),
  minLength: (error) => ({
    code: 'BAD_LENGTH',
    message: `${here(error)} is ${error.data === '' ? 'empty' : 'too short'}`,
    remedy: error.data === '' ? 'write something' : `at least ${String(error.params['limit'])} characters`,
  }),
  maxLength: (error) => ({
    code: 'BAD_LENGTH',
    message: `${here(error)} is too long`,
    remedy: `at most ${String(error.params['limit'])} characters`,
  }),
  minItems: (error) => ({
    code: 'BAD_LENGTH',
    message: `${here(error)} has too few items`,
    remedy: `at least ${String(error.params['limit'])}`,
  }),
  maxItems: (error) => ({
    code: 'BAD_LENGTH',
    message: `${here(error)} has too many items`,
    remedy: `at most ${String(error.params['limit'])}`,
  }),
  minProperties: (error) => ({
    code: 'BAD_LENGTH',
    message: `${here(error)} has too few keys`,
    remedy: `at least ${String(error.params['limit'])}`,
  }),
  uniqueItems: (error) => ({
    code: 'NOT_UNIQUE',
    message: `${here(error)} holds an item twice`,
    remedy: `keep one of items ${Number(error.params['j']) + 1} and ${Number(error.params['i']) + 1}`,
  }),
  duration: (error) =>
    error.params['code'] === 'BAD_DURATION'
      ? {
          code: 'BAD_DURATION',
          message: `${here(error)} is ${quoted(text(error.data))}, which is not a duration`,
          remedy: 'write e.g. `500ms`, `90s`, `15m`, `36h`, `90d` or `6y`',
        }
      : {
          code: 'DURATION_RANGE',
          message: `${here(error)} is ${quoted(text(error.data))}`,
          remedy: `from ${String(error.params['least'])} to ${String(error.params['most'])}`,
        },
  refers: (error) => {
    const to = error.params['to'] as Referred;
    const noun = to === 'GameDay' ? 'game day' : to.toLowerCase();
    return {
      code: unknownCodes[to],
      message: `there is no ${noun} ${quoted(text(error.data))}`,
      remedy: () =>
        didYouMean(
          text(error.data),
          error.params['known'] as Iterable<string>,
          `declare a ${noun} of that name, in a file that is given too`,
        ),
    };
  },
  distinct: (error) => ({
    below: `${String(error.params['index'])}/${escaped(String(error.params['by']))}`,
    code: 'DUPLICATE_ID',
    message: `${here(error)} has two items with the ${String(error.params['by'])} ${quoted(text(error.params['value']))}`,
    remedy: 'rename one of them',
  }),
  schedule: (error) => {
    const { message, remedy } = error.params['mistake'] as { message: string; remedy: string };
    return { code: 'BAD_SCHEDULE', message: `${here(error)}: ${message}`, remedy };
  },
  // Only names of keys are ever ruled out: those under which secrets are handed over.
  not: (error) => ({
    code: 'BAD_VALUE',
    message: `${quoted(error.propertyName ?? '')} may not stand in ${here(error)}`,
    remedy: 'what is declared stands in the journal: leave it out, and let its provider keep the secret',
  }),
  anyOf: (error) => ({
    code: 'BAD_VALUE',
    message: `${here(error)} has none of the forms that are allowed`,
    remedy: 'see the reference of what `uses` names',
  }),
};

function sentence(error: ErrorObject): ShapeMistake {
  const say = sayings[error.keyword === 'oneOf' ? 'anyOf' : error.keyword];
  const said: Said =
    say === undefined
      ? { code: 'BAD_VALUE', message: `${here(error)} ${error.message ?? 'is not valid'}`, remedy: 'correct the value' }
      : say(error);
  const { below: further, ...rest } = said;
  return { pointer: further === undefined ? error.instancePath : `${error.instancePath}/${further}`, ...rest };
}
