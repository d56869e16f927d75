// What a lab would say of itself, at addresses where nothing answers: for controllers that only need to start.
const inventory = Object.fromEntries(
  [
    'globalCluster clusterEast clusterWest instanceEastA instanceEastB instanceWestA instanceWestB hostedZoneId healthCheckId fisTemplateZoneLoss fisTemplateRole ehrRecordEastA ehrRecordEastB ehrRecordWestA ehrRecordWestB',
  ]
    .flatMap((names) => names.split(' '))
    .map((name) => [name, name.toLowerCase()]),
);
const nowhere = 'http://127.0.0.1:9';
const urls = 'ehrUrl ehrEastA ehrEastB ehrWestA ehrWestB standbySwitch route53 awsEast awsWest labUrl'.split(' ');
const addresses = 'nameServer instanceEndpointEastA instanceEndpointEastB instanceEndpointWestA instanceEndpointWestB'.split(' ');

export const labFacts = {
  regions: { 'us-east-2': { aws: nowhere }, 'us-west-2': { aws: nowhere } },
  route53: nowhere,
  control: nowhere,
  controlToken: 'nobody',
  inventory: {
    ...inventory,
    ...Object.fromEntries(urls.map((name) => [name, nowhere])),
    ...Object.fromEntries(addresses.map((name) => [name, '127.0.0.1:9'])),
    ehrName: 'ehr.hospital.test',
    databaseEast: 'postgres://resus@east.invalid:9/ehr',
    databaseWest: 'postgres://resus@west.invalid:9/ehr',
  },
};
