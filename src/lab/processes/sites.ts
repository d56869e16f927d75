// Where everything of one lab listens. With addresses of their own all sites use the same ports; where they share 127.0.0.1, each
// has ports of its own. Nothing here opens anything: `claimSites` does.

export type AddressMode = 'own' | 'ports';

export type Ports = { readonly ehr: number; readonly postgres: number; readonly reports: number; readonly aws: number };
export type ZoneSite = {
  readonly name: string;
  readonly index: number;
  readonly region: string;
  readonly address: string;
  readonly ports: Omit<Ports, 'aws'>;
};
export type RegionSite = {
  readonly name: string;
  readonly awsAddress: string;
  readonly awsPort: number;
  readonly zones: readonly ZoneSite[];
};

export type Sites = {
  readonly mode: AddressMode;
  readonly regions: readonly RegionSite[];
  /** Where the lab's own control listens: outside all sites. */
  readonly controlAddress: string;
};

export const EAST = 'us-east-2';
export const WEST = 'us-west-2';
/** Has no zones of ours: only the control plane of Route 53. */
export const NAMES = 'us-east-1';

const ZONES: Readonly<Record<string, readonly string[]>> = { [EAST]: ['a', 'b'], [WEST]: ['a', 'b'], [NAMES]: [] };
/** The last number of an address of its own; zones count from 1. */
const AWS_LAST = 9;

/** `addressOf` gets a region and the last number of the address; `portOf` how many sites had a door of that kind before. */
export function layOut(
  addressOf: (region: string, last: number) => string,
  portOf: (kind: keyof Ports, nth: number) => number,
): readonly RegionSite[] {
  let index = 0;
  return Object.entries(ZONES).map(([name, letters], nth) => ({
    name,
    awsAddress: addressOf(name, AWS_LAST),
    awsPort: portOf('aws', nth),
    zones: letters.map((letter, place) => ({
      name: `${name}${letter}`,
      index,
      region: name,
      address: addressOf(name, place + 1),
      ports: { ehr: portOf('ehr', index), postgres: portOf('postgres', index), reports: portOf('reports', index++) },
    })),
  }));
}

export type PublicDoor = { readonly kind: keyof Ports; readonly host: string; readonly port: number };

/** Every address and port at which clients come in. */
export const doorsOf = (regions: readonly RegionSite[]): readonly PublicDoor[] =>
  regions.flatMap(({ awsAddress, awsPort, zones }): PublicDoor[] => [
    { kind: 'aws', host: awsAddress, port: awsPort },
    ...zones.flatMap(({ address: host, ports: { ehr, postgres, reports } }): PublicDoor[] => [
      { kind: 'ehr', host, port: ehr },
      { kind: 'postgres', host, port: postgres },
      { kind: 'reports', host, port: reports },
    ]),
  ]);
