// What each code of `resus validate` means for a hospital, and how it is mended. The type holds the table complete: a code without a
// row does not compile.
import type { Code } from './problem.ts';

/** One sentence or two each; `example` is YAML, or a command line, as it should be. */
export type Explanation = { readonly why: string; readonly fix: string; readonly example: string };

const reference = (noun: string, example: string): Explanation => ({
  why: `A name that leads to no ${noun} is mostly a slip of the hand, and in an emergency it would be a step, a target or a site that is not there.`,
  fix: `Correct the name, or declare the ${noun} in a file that is given too.`,
  example,
});

export const explanations: Readonly<Record<Code, Explanation>> = {
  PATH_MISSING: {
    why: 'What is not read is not checked, and a green check of nothing is worse than a red one.',
    fix: 'Correct the path; it is relative to the folder in which the command runs.',
    example: 'resus validate policies runbooks',
  },
  PATH_UNREADABLE: {
    why: 'The file may hold names that others refer to, so nothing can be said for certain without it.',
    fix: 'Give the user who runs the command the right to read it.',
    example: 'chmod a+r policies/tiers.yaml',
  },
  NOT_A_FILE: {
    why: 'A pipe or a device never ends, so it is not read.',
    fix: 'Name a YAML file or a folder of them.',
    example: 'resus validate policies',
  },
  SYMLINK_LOOP: {
    why: 'The same files would be read again and again.',
    fix: 'Remove the link, or name the folder that it leads to.',
    example: 'rm policies/self',
  },
  TREE_TOO_DEEP: {
    why: 'Thirty-two levels are more than any estate has; this is mostly a folder that was named by mistake.',
    fix: 'Name the folder that holds the declarations.',
    example: 'resus validate policies runbooks',
  },
  TOO_MANY_FILES: {
    why: 'The memory and the time of a check are bounded, so that no folder can stop a controller.',
    fix: 'Name fewer folders, or put several documents into one file, with `---` between them.',
    example: 'resus validate policies runbooks',
  },
  NOTHING_DECLARED: {
    why: 'A folder without declarations is mostly the wrong folder.',
    fix: 'Name files that hold declarations; each document begins with the version.',
    example: 'apiVersion: resus/v1\nkind: Site',
  },
  FILE_TOO_LARGE: {
    why: 'A file that nobody can read in a review is not reviewed, and its parsing costs every start.',
    fix: 'Split it: one workload a file is easy to find and to own.',
    example: 'policies/workloads/ehr.yaml\npolicies/workloads/pacs.yaml',
  },
  NOT_UTF8: {
    why: 'In another encoding names of people and wards would be read as other names.',
    fix: 'Save the file as UTF-8.',
    example: 'iconv -f latin1 -t utf-8 old.yaml > new.yaml',
  },
  TOO_MANY_DOCUMENTS: {
    why: 'One file is parsed as a whole; its cost is bounded.',
    fix: 'Split the file, e.g. one file for each hospital.',
    example: 'policies/sites/north.yaml\npolicies/sites/south.yaml',
  },
  TOO_MANY_PROBLEMS: {
    why: 'After so many problems there is mostly one cause, and the rest hides it.',
    fix: 'Correct the first ones and run it again.',
    example: 'resus validate policies',
  },
  YAML_SYNTAX: {
    why: 'What cannot be parsed is not checked, and later problems in this document are not seen yet.',
    fix: 'Mostly it is indentation, a quote that is not closed, or a text with `: ` that wants quotes.',
    example: "impact: 'Wards: no allergies'",
  },
  YAML_ALIASES: {
    why: 'Aliases of aliases make a small file as large as memory.',
    fix: 'Write the values out.',
    example: 'residency: [US]',
  },
  TOO_DEEP: {
    why: 'No declaration is nested so deeply; a bracket is mostly missing.',
    fix: 'Check brackets and indentation.',
    example: 'spec: { level: region, parent: aws }',
  },
  TOO_BIG: {
    why: 'One document describes one thing; one of this size is generated, and nobody reads it.',
    fix: 'Split it into several documents.',
    example: 'kind: Site\n---\nkind: Site',
  },
  DUPLICATE_KEY: {
    why: 'YAML readers differ in which of the two they take, so the file means something else to each.',
    fix: 'Keep one of them.',
    example: 'rto: 60s',
  },
  FORBIDDEN_KEY: {
    why: 'Keys such as `__proto__` change what a program does instead of what it reads.',
    fix: 'Rename the key; any other name will do.',
    example: 'resources: { prototype: a }',
  },
  EMPTY_VALUE: {
    why: 'Nobody can tell an empty value from a forgotten one.',
    fix: 'Write the value, or leave the key out so that its default holds.',
    example: 'retention: 6y',
  },
  NOT_AN_INTEGER: {
    why: 'The estate is hashed, and fractions and very large numbers are written differently by different machines.',
    fix: 'Write a whole number, or a text in quotes where a fraction is meant.',
    example: "availability: '99.99'",
  },
  NOT_A_DECLARATION: {
    why: 'A document that is only passed over might be the one that was meant to protect the EHR.',
    fix: 'Begin each document with its version and kind.',
    example: 'apiVersion: resus/v1\nkind: Tier\nmetadata: { name: gold }\nspec: { ... }',
  },
  UNKNOWN_KIND: {
    why: 'The kind says which keys may follow; without it nothing of the document can be checked.',
    fix: 'Write one of the kinds: Site, Tier, Workload, Runbook, GameDay, Calendar, Framework.',
    example: 'kind: Workload',
  },
  UNKNOWN_KEY: {
    why: 'A misspelt key is a setting that does not hold: the RPO that somebody wrote and nobody reads.',
    fix: 'Correct it. docs/reference.md lists every key; an editor with the schema completes them.',
    example: 'rpo: 5s',
  },
  MISSING_KEY: {
    why: 'What must be known before a failover is asked for when it is declared, not while users wait.',
    fix: 'Add the key; docs/reference.md says what each is for.',
    example: 'clinicalOwner: Chief Medical Information Officer',
  },
  WRONG_TYPE: {
    why: 'A value of another type would be read as something else than was meant.',
    fix: 'Write the type that is wanted; a text that looks like a number goes in quotes.',
    example: "availability: '99.9'",
  },
  NOT_ALLOWED: {
    why: 'Each of the allowed values is something that Resus knows how to do; any other is a wish.',
    fix: 'Write one of those that are listed.',
    example: 'strategy: warm-standby',
  },
  OUT_OF_RANGE: {
    why: 'Outside these bounds the value makes no sense, or would load what it watches.',
    fix: 'Write a number within them.',
    example: 'approvals: { people: 2 }',
  },
  BAD_FORM: {
    why: 'Names stand in addresses, file names and expressions, so they have one form.',
    fix: 'Write it in the form that the problem names.',
    example: 'metadata: { name: ehr-read-copy }',
  },
  BAD_LENGTH: {
    why: 'An empty text tells nobody anything; an endless one is not read when it matters.',
    fix: 'Write something, or say it shorter.',
    example: 'downtimeProcedure: Paper binder 3 on each ward; entered again by the charge nurse.',
  },
  NOT_UNIQUE: {
    why: 'An item that is there twice is a copy that was to be changed and was not.',
    fix: 'Keep one, or correct the other.',
    example: 'residency: [US, CA]',
  },
  BAD_VALUE: {
    why: 'What a probe, an action or a fault takes is checked against its own schema before anything runs.',
    fix: 'See what it takes: `resus schema`, or the sources under src/providers/.',
    example: 'with: { address: ehr.example:443 }',
  },
  BAD_DURATION: {
    why: 'Seconds and minutes are mixed up easily, so a time always has its unit.',
    fix: 'Write digits and a unit: ms, s, m, h, d, w, y.',
    example: 'rto: 90s',
  },
  DURATION_RANGE: {
    why: 'Outside these bounds the time is mostly in the wrong unit.',
    fix: 'Write a time within them.',
    example: 'detection: { interval: 5s }',
  },
  BAD_SCHEDULE: {
    why: 'A schedule that is never due is a drill that never runs, and nobody notices.',
    fix: 'Write five fields (minute, hour, day of the month, month, day of the week) and an IANA time zone.',
    example: "schedule: { cron: '0 3 * * 2', zone: America/New_York }",
  },
  EXPRESSION_SYNTAX: {
    why: 'An expression that does not parse fails in the middle of a run.',
    fix: 'Expressions are CEL, between `${{` and the next `}}`.',
    example: 'when: \'${{ site != "" }}\'',
  },
  EXPRESSION_NAME: {
    why: 'A name that is not there has no value when the step runs.',
    fix: 'Use the names of the place where it stands: docs/declare.md lists them.',
    example: "cluster: '${{ to.resources.cluster }}'",
  },
  EXPRESSION_TYPE: {
    why: 'A value of the wrong type is refused by the provider, after the run has begun.',
    fix: 'Convert it with `string()` or `int()`, or compare it.',
    example: "people: '${{ int(inventory.people) }}'",
  },
  EXPRESSION_LIMIT: {
    why: 'An expression is evaluated while users wait; its cost is bounded.',
    fix: 'Say it shorter, or put what is computed into the inventory.',
    example: "with: { target: '${{ inventory.target }}' }",
  },
  EXPRESSION_REFUSED: {
    why: 'Regular expressions and nested loops can run for ever on a text that somebody else wrote.',
    fix: 'Use `startsWith`, `endsWith`, `contains` or `split`.',
    example: 'when: \'${{ to.site.startsWith("us-") }}\'',
  },
  EXPRESSION_FAILED: {
    why: 'With these values of the inventory the expression has no value.',
    fix: 'Correct the inventory, or the expression.',
    example: 'name: \'${{ inventory.ehrUrl.split("/")[2] }}\'   # ehrUrl must be a URL',
  },
  UNKNOWN_INVENTORY: {
    why: 'A fact of this environment is missing, e.g. the address of the standby.',
    fix: 'Add it to the inventory of this environment, or correct the name.',
    example: 'ehrUrl: https://ehr.hospital.example',
  },
  BAD_INVENTORY: {
    why: 'The inventory is facts by name and nothing else, so that two environments can be compared line by line.',
    fix: 'Write `name: text`, one a line, without expressions.',
    example: 'clusterEast: arn:aws:rds:us-east-2:123456789012:cluster:ehr-east',
  },
  BAD_CONFIG: {
    why: 'A controller that reads its own configuration wrongly would watch, or act on, something else.',
    fix: 'Correct resus.yaml; docs/configuration.md lists every field.',
    example: 'floor: live',
  },
  TODO_LEFT: {
    why: 'What nobody has decided, e.g. who is called, would be found out in the emergency.',
    fix: 'Write the answer in the place of the text that begins with TODO.',
    example: 'owner: Clinical Platforms # instead of: TODO the team that answers for it',
  },
  UNKNOWN_LIST: reference('list', 'each: clinics'),
  EACH_KEY: {
    why: 'The declaration that this item would make would be silently without it, and one clinic of two hundred would not be protected.',
    fix: 'Give the item that key, or correct the name in the template.',
    example: '- { name: mesa, region: west }',
  },
  TOO_MANY_EXPANDED: {
    why: 'A short template and a long list can make more than memory holds; no file may stop a controller.',
    fix: 'Make the list or the template smaller, or declare fewer things in one estate.',
    example: 'each: clinics',
  },
  DUPLICATE_NAME: {
    why: 'Of two declarations with one name it is not clear which one others mean.',
    fix: 'Rename one, or delete the copy.',
    example: 'metadata: { name: ehr-training }',
  },
  DUPLICATE_ID: {
    why: 'Steps, probes and replicas are told apart by their names, in plans and in the evidence.',
    fix: 'Rename one of them.',
    example: 'probes: [{ id: web-a, ... }, { id: web-b, ... }]',
  },
  UNKNOWN_SITE: reference('site', 'site: us-east-2a'),
  UNKNOWN_TIER: reference('tier', 'tier: life-critical'),
  UNKNOWN_WORKLOAD: reference('workload', 'workload: ehr'),
  UNKNOWN_RUNBOOK: reference('runbook', 'switchover: ehr-switchover'),
  UNKNOWN_CALENDAR: reference('calendar', 'calendar: hospital'),
  UNKNOWN_ACTION: {
    why: 'A step that uses an action which no provider has can only fail.',
    fix: 'Correct the name; `resus schema Runbook` lists all of them.',
    example: 'uses: aws.rds.failover-global-cluster',
  },
  UNKNOWN_PROBE: {
    why: 'What nobody samples is never found to be down.',
    fix: 'Correct the name; `resus schema Workload` lists all probes. A `lagProbe` is one of the replica that receives.',
    example: 'uses: http',
  },
  UNKNOWN_FAULT: {
    why: 'A game day whose fault does not exist proves nothing.',
    fix: 'Correct the name; `resus schema GameDay` lists all faults.',
    example: 'uses: aws.fis.run-experiment',
  },
  UNKNOWN_REPLICA: {
    why: 'A replication link without one of its ends is not measured, and the loss cannot be predicted.',
    fix: 'Name replicas of this workload.',
    example: 'replication: [{ from: east, to: west, lagProbe: db }]',
  },
  UNKNOWN_STEP: {
    why: 'A step that waits for one that is not there would never start, or too early.',
    fix: 'Name a step of this runbook.',
    example: 'needs: [promote]',
  },
  UNGRACEFUL_EFFECT: {
    why: 'Without grace a run may be faster and lose more, but it must stop the old writer wherever the graceful way does.',
    fix: 'Replace the step by an action that fences and promotes as it does.',
    example: 'onUngraceful: { do: replace, uses: aws.rds.failover-global-cluster, with: { ... } }',
  },
  UNGRACEFUL_USE: {
    why: 'It says two things at once: to leave the step out, and what to do instead.',
    fix: 'Write `do: replace`, or leave the replacement out.',
    example: 'onUngraceful: { do: skip }',
  },
  STEP_NOT_NEEDED: {
    why: 'Steps run at once unless one waits for the other, so the output may not be there yet.',
    fix: 'Name the step in `needs`.',
    example: 'needs: [promote]',
  },
  CYCLE: {
    why: 'What waits for itself never starts: neither steps, nor sites in each other, nor workloads after a loss of everything.',
    fix: 'Take one link of the circle out, or make one dependency soft.',
    example: 'dependsOn: [{ workload: identity, strength: soft }]',
  },
  SITE_LEVEL: {
    why: 'The tree of sites says what is lost with what; a zone that stands in no region is lost with nothing.',
    fix: 'cloud > region > zone, or campus > data-centre > rack.',
    example: 'spec: { level: zone, parent: us-east-2 }',
  },
  NOT_INHERITED: {
    why: 'Whose a site is and in which law it stands is inherited from above, and above this one there is nothing.',
    fix: 'Say it here: both `kind` and `residency`.',
    example: 'spec: { level: campus, kind: onprem, residency: US }',
  },
  OUTSIDE_SITE: {
    why: 'A probe tells of the site that it observes; one elsewhere would call this replica down for something that is not part of it.',
    fix: 'Name a site inside the replica’s, or leave `site` out.',
    example: 'probes: [{ id: web-a, uses: http, site: us-east-2a }]',
  },
  REFERENCE_INSIDE: {
    why: 'A vantage votes while it sees a reference. One inside its own site is still seen when the site is cut off, so the vantage would vote blindly.',
    fix: 'Choose a target in another site.',
    example: 'references: [{ id: names, uses: dns, site: us-west-2 }]',
  },
  PRIMARY_COUNT: {
    why: 'Exactly one replica may write.',
    fix: 'Give one replica `role: primary`, and every other `role: standby`.',
    example: 'role: primary',
  },
  RESIDENCY: {
    why: 'A failover would move patients’ data to where the law does not allow them.',
    fix: 'Move the replica, or, after asking those who answer for privacy, allow the place.',
    example: 'residency: [US, CA]',
  },
  LOSS_TARGET_WEAKER: {
    why: '`rto` is the longest outage that users may see, whatever is lost; what is promised of one loss alone can only be more.',
    fix: 'Make `rto` the target of the widest loss, and name the narrower ones that have less.',
    example: 'rto: 15m\nbyLoss: { zone: { rto: 5m } }',
  },
  MODE_MISSING: {
    why: 'A runbook that was written for a planned move may wait for help from what is lost.',
    fix: 'Name a runbook that serves the mode, or add the mode after reading every step with it in mind.',
    example: 'modes: [failover]',
  },
  NO_RUNBOOK: {
    why: 'A game day of something that nothing treats can only fail.',
    fix: 'Add the runbook to the workload.',
    example: 'runbooks: { onDiagnosis: { ZoneLost: ehr-zone-failover } }',
  },
  RESOURCE_MISSING: {
    why: 'Roles change: a runbook may move from and to every replica, so each must name what the steps take.',
    fix: 'Add the resource to the replica (or the workload).',
    example: "resources: { cluster: 'arn:aws:rds:us-west-2:123456789012:cluster:ehr-west' }",
  },
  WINDOW_MIXED: {
    why: 'Nobody can tell whether such a window is meant for a date or for every week, and a freeze that is read wrongly lets a drill into the flu season.',
    fix: 'Write two windows: one with `from` and `to`, one with `days`, `at` and `for`.',
    example: "- { name: year-end, kind: freeze, from: '2026-12-20 00:00', to: '2027-01-03 00:00' }",
  },
  WINDOW_ENDS_FIRST: {
    why: 'Such a window is never open, so what it was meant to keep quiet would not be.',
    fix: 'Mostly the two are swapped, or the year is missing its step; write a later `to`.',
    example: "- { name: year-end, kind: freeze, from: '2026-12-20 00:00', to: '2027-01-03 00:00' }",
  },
  TIER_TWICE: {
    why: 'Nobody can tell whether the one is meant to weaken the other; nothing weakens a promise here.',
    fix: 'Write all of them in `tiers`: of each value the stricter one holds.',
    example: 'tiers: [core-clinical, emergency-department]',
  },
  TARGET_PENDING: {
    why: 'Without a business impact analysis nobody knows how long the wards can do without it, so no machine may decide what is worth losing.',
    fix: 'Decide the targets with the clinical owner and write them into the tier, or give the workload another tier.',
    example: "rto: 6h\nrpo: 15m\navailability: '99.9'",
  },
  PRODUCTION_COUNT: {
    why: 'Training gives way to the production of its product; with none, or with two, nobody can tell to whom.',
    fix: 'Give exactly one workload of the product `environment: production`.',
    example: 'product: { name: ehr, environment: production }',
  },
  EVICTABLE_NEEDED: {
    why: 'A production is what capacity is freed for, and a recovery environment is what it may need next.',
    fix: 'Leave `evictable` out; only training may give way.',
    example: 'product: { name: ehr, environment: training, evictable: true }',
  },
  ARRIVAL_BY_ITSELF: {
    why: 'A probe that is wrong about the lag is wrong about the arrival in the same way, and the failover loses what it said was there.',
    fix: 'Name another probe of the replica, which looks another way: at a heartbeat row, or at the newest message.',
    example: 'replication: [{ from: east, to: west, lagProbe: db, measuredBy: reported, arrivalProbe: beat }]',
  },
  LAG_UNPROVEN: {
    why: 'A replica that is cut off from what it copies has applied all that it got, and reports that it is behind by nothing.',
    fix: 'Add `arrivalProbe`: a probe of the replica that measures when data last arrived. Or measure by heartbeats, which prove it themselves.',
    example: 'replication: [{ from: east, to: west, lagProbe: db, measuredBy: reported, arrivalProbe: beat }]',
  },
  TIMEOUT_OVER_INTERVAL: {
    why: 'A probe that still waits when the next is due counts one outage twice.',
    fix: 'Make the timeout shorter than the interval.',
    example: 'detection: { interval: 5s, timeout: 2s }',
  },
};
