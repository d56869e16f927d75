// Whom a loss takes away. Each row has a neighbour that it leaves alone.
import { expect, test } from 'vitest';
import { mayTakeWriter, takes } from '../../../src/core/decision/open-incidents.ts';
import type { DiagnosisKind, Replica } from '../../../src/core/estate.ts';
import type { SiteId } from '../../../src/core/values.ts';
import { estate, workload } from '../estate.ts';

const at = (name: string, site: string): Replica => ({ ...workload.replicas[0]!, name, site: site as SiteId });
test.each<[DiagnosisKind, string, string | undefined, Replica, boolean, boolean]>([
  ['RegionLost', 'us-east-2', undefined, at('east', 'us-east-2'), true, true],
  ['RegionLost', 'us-east-2', undefined, at('east', 'us-east-2a'), true, true],
  ['RegionLost', 'us-west-2', undefined, at('east', 'us-east-2'), false, false],
  // The writer of a region may be in any of its zones; as a replica it is not lost with one of them.
  ['ZoneLost', 'us-east-2a', undefined, at('east', 'us-east-2'), false, true],
  ['ZoneLost', 'us-east-2a', undefined, at('a', 'us-east-2a'), true, true],
  ['ZoneLost', 'us-west-2a', undefined, at('east', 'us-east-2'), false, false],
  ['ReplicaDown', 'us-east-2', 'east', at('east', 'us-east-2'), true, true],
  // A copy beside the writer is no writer.
  ['ReplicaDown', 'us-east-2', 'reader', at('east', 'us-east-2'), false, false],
  // A journal of 0.1 names no replica.
  ['ReplicaDown', 'us-east-2', undefined, at('east', 'us-east-2'), true, true],
  ['ReplicaDown', 'us-east-2a', undefined, at('east', 'us-east-2'), false, true],
  ['ReplicaDown', 'us-east-2a', 'reader', at('east', 'us-east-2'), false, false],
])('%s of %s (%s): takes it %s, may take the writer there %s', (diagnosis, site, dead, replica, isTaken, mayBe) => {
  const incident = { diagnosis, site: site as SiteId, replica: dead };
  expect([takes(estate, incident, replica), mayTakeWriter(estate, incident, replica)]).toEqual([isTaken, mayBe]);
});
