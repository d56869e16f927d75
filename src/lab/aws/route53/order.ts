// Names as Route 53 spells them, and the order in which it lists record sets: by the labels of the name from the right, then by
// type, then by set identifier.

import type { RecordSet } from '../../dns/record-set.ts';

/** Lower case with a last dot, or undefined when it is no domain name. */
export function readName(text: string): string | undefined {
  const name = (text.endsWith('.') ? text : `${text}.`).toLowerCase();
  if (name.length > 255 || !/^(?:[\x21-\x2d\x2f-\x7e]{1,63}\.)+$/.test(name)) return undefined;
  return name.replace(/\\052/g, '*');
}

/** `*` is escaped in answers. */
export const showName = (name: string): string => name.replace(/^\*/, '\\052');

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const reversed = (name: string): string => name.split('.').reverse().join('.');

export interface Position {
  readonly name: string;
  readonly type: string;
  readonly identifier: string;
}
export const positionOf = (set: RecordSet): Position => ({ name: set.name, type: set.type, identifier: set.setIdentifier ?? '' });

export function inOrder(a: Position, b: Position): number {
  return compare(reversed(a.name), reversed(b.name)) || compare(a.type, b.type) || compare(a.identifier, b.identifier);
}
