// The room's front door: what the rest of Resus may use of it.
export { analyse, labelOf, pageOf, type Analysis, type Reported } from './analyse.ts';
export type { ControllerFacts } from './controller-facts.ts';
export { examined, type Given, type Written } from './examined.ts';
export { alikeIn } from './graph/alike.ts';
export { dot } from './graph/dot.ts';
export { focusedOn } from './graph/focus.ts';
export { graphOf, type Graph } from './graph/graph.ts';
export { mermaid } from './graph/mermaid.ts';
export { pastFacts, type Happened, type PastFacts, type Recorded } from './past-facts.ts';
export { svg } from './graph/svg.ts';
export type { Finding, Place } from './finding.ts';
export { findings } from './findings/index.ts';
export { findingsPage } from './page.ts';
