// The room's front door: what the rest of Resus may use of it.
export { declare, type Declared, type SourceFile, type Written } from './declare.ts';
export { readTree, type Tree } from './read-tree.ts';
export { readInventory } from './inventory.ts';
export type { Inventory } from './fill.ts';
export { evaluate } from './expression.ts';
export { codes, inOrder, printed, warnings, type Code, type Problem } from './problem.ts';
export { explanations, type Explanation } from './explanations.ts';
export { provenance, type Provenance } from './provenance.ts';
export { publishedKind, publishedSchema, type JsonSchema } from './published.ts';
export { referencePage } from './reference.ts';
export { kindNames, type KindName } from './schema.ts';
export { componentsOf } from './tiers.ts';
export { withStandIns } from './stand-in.ts';
export { gameDayScope, stepScope } from './scope.ts';
export { nearest } from './suggest.ts';
export { whereabouts, type Whereabouts } from './whereabouts.ts';
export type { Vocabulary } from './vocabulary.ts';
