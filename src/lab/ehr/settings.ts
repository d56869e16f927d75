// What an EHR process is told when it starts, as JSON in its environment.

export type EhrSettings = {
  readonly zone: string;
  readonly region: string;
  /** UNIX socket on which it listens; the zone's border leads there. */
  readonly listenOn: string;
  /** Folder with the socket of its region's PostgreSQL, wherever in the region that runs. */
  readonly databaseSocketFolder: string;
  /** Shared by the EHRs of a region: exists while the region's standby switch is on. */
  readonly switchFile: string;
};
