// How much a diagnosis says is lost, in the words of a tier's `automation`.
export const scopeOf = { ReplicaDown: 'replica', ZoneLost: 'zone', RegionLost: 'region' } as const;
