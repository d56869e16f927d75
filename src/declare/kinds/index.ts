// Every kind, in the order in which they are resolved: each may refer to those before it, and to names of all.
import { calendar } from './calendar.ts';
import { framework } from './framework.ts';
import { gameday } from './gameday.ts';
import type { Kind } from './kind.ts';
import { runbook } from './runbook.ts';
import { site } from './site.ts';
import { tier } from './tier.ts';
import { workload } from './workload.ts';

export const kinds = [site, tier, calendar, runbook, workload, gameday, framework] as unknown as readonly Kind[];
