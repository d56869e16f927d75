// SHA-256 as the journal uses it. The only file of this room, beside `checkpoint.ts`, that touches Node.
import { hash } from 'node:crypto';
import type { Hash } from '../core/values.ts';

/** What `prev` and `sprev` of a first entry say. */
export const genesis = '0'.repeat(64) as Hash;

export const sha256 = (bytes: string | Uint8Array): Hash => hash('sha256', bytes) as Hash;

/** RFC 6962 leaf hash, `SHA-256(00 || bytes)`, of a line without its LF. Chain and Merkle tree share it. */
export const leafHash = (line: string): Hash => hash('sha256', `\0${line}`) as Hash;

/** Root of the tree over nothing. */
export const emptyRoot = sha256('');

// One scratch buffer and hexadecimal nodes: less than half the time of two Buffers for each node.
const pair = Buffer.alloc(65);
pair[0] = 1;
/** RFC 6962 inner node, `SHA-256(01 || left || right)`. */
export const nodeHash = (left: Hash, right: Hash): Hash => {
  pair.write(left, 1, 'hex');
  pair.write(right, 33, 'hex');
  return hash('sha256', pair) as Hash;
};
