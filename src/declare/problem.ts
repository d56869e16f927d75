// What is wrong with what was declared, where, and what to do about it. A mistake knows its document and pointer; a
// problem knows its line and column. Everything that is wrong is reported at once, in the order of the text.

export type Severity = 'error' | 'warning';

/** `line` and `column` start at 1; columns count UTF-16 units. `code` is stable, `message` and `remedy` are for people. */
export type Problem = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly code: Code;
  readonly severity: Severity;
  readonly message: string;
  readonly remedy: string;
};

/** Every code, with the sentence that the reference prints. Add, never rename: people search for them. */
export const codes = {
  PATH_MISSING: 'The path does not exist.',
  PATH_UNREADABLE: 'The path exists and cannot be read.',
  NOT_A_FILE: 'The path is neither a file nor a folder.',
  SYMLINK_LOOP: 'A link leads back to a folder that holds it.',
  TREE_TOO_DEEP: 'Folders are nested too deeply.',
  TOO_MANY_FILES: 'There are more files than one estate may have.',
  NOTHING_DECLARED: 'Nothing in the given paths declares anything.',
  FILE_TOO_LARGE: 'The file is larger than 1 MiB; it was not parsed.',
  NOT_UTF8: 'The file is not UTF-8 text.',
  TOO_MANY_DOCUMENTS: 'The file holds more documents than one file may.',
  TOO_MANY_PROBLEMS: 'The file has more problems than are shown.',
  YAML_SYNTAX: 'The text is not YAML 1.2.',
  YAML_ALIASES: 'Aliases repeat more than is allowed.',
  TOO_DEEP: 'Values are nested too deeply.',
  TOO_BIG: 'The document holds too many values.',
  DUPLICATE_KEY: 'A key is there twice in one mapping.',
  FORBIDDEN_KEY: 'A key that no mapping may have.',
  EMPTY_VALUE: 'A key or list item has no value.',
  NOT_AN_INTEGER: 'A number is not a whole number that is exact everywhere.',
  NOT_A_DECLARATION: 'A document is not a mapping with `apiVersion`, `kind`, `metadata` and `spec`.',
  UNKNOWN_KIND: 'No kind has this name.',
  UNKNOWN_KEY: 'A key that does not belong here.',
  MISSING_KEY: 'A key that must be there is not.',
  WRONG_TYPE: 'A value of another type is wanted.',
  NOT_ALLOWED: 'A value that is not one of the allowed ones.',
  OUT_OF_RANGE: 'A number below or above its bounds.',
  BAD_FORM: 'A text that does not have the wanted form.',
  BAD_LENGTH: 'A text or list that is too short or too long.',
  NOT_UNIQUE: 'A list holds an item twice.',
  BAD_VALUE: 'A value that breaks another rule of its schema.',
  BAD_DURATION: 'A text that is not a duration.',
  DURATION_RANGE: 'A duration below or above its bounds.',
  BAD_SCHEDULE: 'A schedule that is not cron, or a time zone that does not exist.',
  EXPRESSION_SYNTAX: 'An expression that does not parse.',
  EXPRESSION_NAME: 'An expression names something that is not there.',
  EXPRESSION_TYPE: 'An expression has, or combines, the wrong types.',
  EXPRESSION_LIMIT: 'An expression is larger than it may be.',
  EXPRESSION_REFUSED: 'An expression uses a function that is not allowed.',
  EXPRESSION_FAILED: 'An expression could not be evaluated.',
  UNKNOWN_INVENTORY: 'The inventory has no such key.',
  BAD_INVENTORY: 'The inventory is not a flat mapping of names to texts.',
  BAD_CONFIG: 'The configuration of the program itself cannot be read.',
  TODO_LEFT: 'A text is still a `TODO` of a draft.',
  UNKNOWN_LIST: 'No list has this name.',
  EACH_KEY: 'An item of a list lacks what a template takes of it.',
  TOO_MANY_EXPANDED: 'Templates make more than one estate may hold.',
  DUPLICATE_NAME: 'Two declarations of one kind have the same name.',
  DUPLICATE_ID: 'Two items of one list have the same name.',
  UNKNOWN_SITE: 'No site has this name.',
  UNKNOWN_TIER: 'No tier has this name.',
  UNKNOWN_WORKLOAD: 'No workload has this name.',
  UNKNOWN_RUNBOOK: 'No runbook has this name.',
  UNKNOWN_CALENDAR: 'No calendar has this name.',
  UNKNOWN_ACTION: 'No provider has an action of this name.',
  UNKNOWN_PROBE: 'No provider, or no replica, has a probe of this name.',
  UNKNOWN_FAULT: 'No provider has a fault of this name.',
  UNKNOWN_REPLICA: 'The workload has no replica of this name.',
  UNKNOWN_STEP: 'The runbook has no step of this name.',
  UNGRACEFUL_EFFECT: 'Without grace a step would leave out, or add, a fence or a promotion.',
  UNGRACEFUL_USE: 'A step that is skipped without grace names a replacement.',
  STEP_NOT_NEEDED: 'A step uses outputs of a step that it does not wait for.',
  CYCLE: 'Things depend on each other in a circle.',
  SITE_LEVEL: 'A site stands in a site that cannot hold it.',
  NOT_INHERITED: 'A root site must say what others inherit.',
  OUTSIDE_SITE: 'A probe observes a site outside its replica.',
  REFERENCE_INSIDE: 'A reference target lies inside the site of its vantage.',
  PRIMARY_COUNT: 'A workload does not have exactly one primary.',
  RESIDENCY: 'Data would stand where the workload does not allow it.',
  MODE_MISSING: 'A runbook does not serve the mode that it is used for.',
  NO_RUNBOOK: 'What is practised has no runbook.',
  RESOURCE_MISSING: 'A runbook needs a resource that a replica does not name.',
  WINDOW_MIXED: 'A window of a calendar is both dated and weekly.',
  WINDOW_ENDS_FIRST: 'A dated window of a calendar does not end after it begins.',
  TIER_TWICE: 'A workload has both `tier` and `tiers`.',
  TARGET_PENDING: 'A target of a workload waits for a business impact analysis.',
  PRODUCTION_COUNT: 'A product does not have exactly one production.',
  EVICTABLE_NEEDED: 'An environment that is needed is declared to give way.',
  ARRIVAL_BY_ITSELF: 'What measures a lag is to prove it as well.',
  LOSS_TARGET_WEAKER: 'A loss is given a weaker target than holds whatever is lost.',
  LAG_UNPROVEN: 'A lag is what a replica reports of itself, and nothing says that data still arrives.',
  TIMEOUT_OVER_INTERVAL: 'A timeout is not shorter than its interval.',
} as const;
export type Code = keyof typeof codes;
/** Those that never fail a check: what was declared can be run, and somebody should know. */
export const warnings: ReadonlySet<Code> = new Set<Code>(['TARGET_PENDING', 'LAG_UNPROVEN']);

/** Looking for what was meant costs time, so it is done only for what is shown. */
export type Remedy = string | (() => string);
/** A problem that still has to be looked up in the text: `key` means the key itself, `offset` a place inside a text value. */
export type Mistake = {
  readonly file: string;
  readonly document: number;
  readonly pointer: string;
  readonly key?: string;
  readonly offset?: number;
  readonly code: Code;
  readonly message: string;
  readonly remedy: Remedy;
};

/** `file:line:column: CODE message (remedy)`, on one line whatever the texts hold. */
type Printable = Omit<Problem, 'code' | 'severity'> & { readonly code: string; readonly severity: Severity | 'accepted' };
export const printed = (problem: Printable): string =>
  oneLine(
    `${problem.file}:${problem.line}:${problem.column}: ${problem.severity === 'error' ? '' : `${problem.severity} `}${problem.code} ${problem.message} (${problem.remedy})`,
  );

// oxlint-disable-next-line no-control-regex
const oneLine = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');

/** What people wrote, quoted and cut to a readable length. */
export const quoted = (value: string): string => `\`${value.length > 60 ? `${value.slice(0, 57)}...` : value}\``;

type Ordered = Pick<Problem, 'file' | 'line' | 'column' | 'message'> & { readonly code: string };
export const inOrder = (a: Ordered, b: Ordered): number =>
  byText(a.file, b.file) || a.line - b.line || a.column - b.column || byText(a.code, b.code) || byText(a.message, b.message);
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** `a > b > a`, with the middle of a long circle left out. */
export const circled = (names: readonly string[]): string => {
  const shown = names.length > 8 ? [...names.slice(0, 4), '...', ...names.slice(-3)] : names;
  return [...shown, names[0] ?? ''].join(' > ');
};
