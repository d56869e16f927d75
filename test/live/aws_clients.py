"""Drives the lab's AWS with boto3 and holds every reply against botocore's own service models.

Reads one JSON object on stdin ({"us-east-2": url, "us-west-2": url, "us-east-1": url, "zone": id, "template": id}), prints one JSON
object: {"steps": {name: outcome}, "replies": count, "strangers": [what no model knows, or what a model needs and is not there]}.
"""

import json
import sys
import time
import xml.etree.ElementTree as ET

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError

GIVEN = json.load(sys.stdin)
STEPS, STRANGERS = {}, []
REPLIES = 0
# The user guide names this status; the service model's enumeration does not have it yet.
BEYOND_THE_MODEL = {("FailoverStatus", "switching-over")}
# The model requires it; Route 53 itself leaves it out of a first page.
LEFT_OUT = {"Marker"}


def scalar(shape, text, where):
    values = getattr(shape, "enum", None) or []
    if values and text not in values and (shape.name, text) not in BEYOND_THE_MODEL:
        STRANGERS.append(f"{where}: {text} is not one of {shape.name}")
    if shape.type_name == "boolean" and text not in ("true", "false"):
        STRANGERS.append(f"{where}: {text} is no boolean")
    if shape.type_name in ("integer", "long") and not (text or "").lstrip("-").isdigit():
        STRANGERS.append(f"{where}: {text} is no integer")


def walk_xml(shape, element, where):
    if shape.type_name == "structure":
        names = {s.serialization.get("name", n): s for n, s in shape.members.items() if "location" not in s.serialization}
        for child in element:
            tag = child.tag.split("}")[-1]
            if tag not in names:
                STRANGERS.append(f"{where}: {tag}")
            else:
                walk_xml(names[tag], child, f"{where}/{tag}")
        present = {child.tag.split("}")[-1] for child in element}
        for name in shape.required_members:
            member = shape.members[name]
            if name not in LEFT_OUT and "location" not in member.serialization and member.serialization.get("name", name) not in present:
                STRANGERS.append(f"{where}: {name} is missing")
    elif shape.type_name == "list":
        tag = shape.member.serialization.get("name", "member")
        for child in element:
            if child.tag.split("}")[-1] != tag:
                STRANGERS.append(f"{where}: {child.tag} in a list of {tag}")
            walk_xml(shape.member, child, f"{where}[]")
    else:
        scalar(shape, element.text, where)


def walk_json(shape, value, where):
    if shape.type_name == "structure":
        for name, part in value.items():
            if name not in shape.members:
                STRANGERS.append(f"{where}: {name}")
            else:
                walk_json(shape.members[name], part, f"{where}/{name}")
    elif shape.type_name == "list":
        for part in value:
            walk_json(shape.member, part, f"{where}[]")
    elif shape.type_name == "map":
        for part in value.values():
            walk_json(shape.value, part, f"{where}{{}}")
    elif shape.type_name == "timestamp":
        if not isinstance(value, (int, float)):
            STRANGERS.append(f"{where}: {value} is no instant")
    elif shape.type_name == "string":
        scalar(shape, value, where)


def hold_against_model(operation_model, response_dict, **_):
    global REPLIES
    if response_dict["status_code"] >= 300 or operation_model.output_shape is None:
        return
    REPLIES += 1
    shape, name = operation_model.output_shape, operation_model.name
    if operation_model.service_model.protocol == "rest-json":
        return walk_json(shape, json.loads(response_dict["body"]), name)
    root = ET.fromstring(response_dict["body"])
    if operation_model.service_model.protocol == "query":
        root = next(child for child in root if child.tag.endswith(f"{name}Result"))
    walk_xml(shape, root, name)


def client(service, region):
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=10)
    keys = {"aws_access_key_id": "AKIDRESUSTEST0000000", "aws_secret_access_key": "not-a-secret"}
    made = boto3.client(service, region_name=region, endpoint_url=GIVEN[region], config=config, **keys)
    made.meta.events.register(f"before-parse.{service}", hold_against_model)
    return made


def step(name, call):
    try:
        STEPS[name] = call()
    except ClientError as fault:
        STEPS[name] = f"{fault.response['ResponseMetadata']['HTTPStatusCode']} {fault.response['Error']['Code']}"
    except (AttributeError, ParamValidationError):
        STEPS[name] = "unknown to this client"


def until(look, within=20.0):
    deadline = time.monotonic() + within
    while True:
        seen = look()
        if seen or time.monotonic() > deadline:
            return seen
        time.sleep(0.1)


EAST, WEST, R53 = client("rds", "us-east-2"), client("rds", "us-west-2"), client("route53", "us-east-1")
FIS, STS, ZONE = client("fis", "us-east-2"), client("sts", "us-east-2"), GIVEN["zone"]
TARGET = "arn:aws:rds:us-west-2:123456789012:cluster:ehr-west"


def writer():
    members = WEST.describe_global_clusters()["GlobalClusters"][0]
    connected = all(m.get("SynchronizationStatus", "connected") == "connected" for m in members["GlobalClusterMembers"])
    return connected and members["Status"] == "available" and next(m["DBClusterArn"] for m in members["GlobalClusterMembers"] if m["IsWriter"])


def change(action, name, value):
    record = {"Name": name, "Type": "A", "TTL": 5, "ResourceRecords": [{"Value": value}]}
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    info = R53.change_resource_record_sets(HostedZoneId=ZONE, ChangeBatch=batch)["ChangeInfo"]
    R53.get_waiter("resource_record_sets_changed").wait(Id=info["Id"], WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    return info["Status"]


def failover():
    try:
        state = WEST.failover_global_cluster(GlobalClusterIdentifier="ehr-global", TargetDbClusterIdentifier=TARGET, AllowDataLoss=True)
    except ParamValidationError:  # A client from before there were unplanned failovers asks the primary's region for a planned one.
        state = EAST.failover_global_cluster(GlobalClusterIdentifier="ehr-global", TargetDbClusterIdentifier=TARGET)
    until(lambda: writer() == TARGET)
    return [state["GlobalCluster"]["FailoverState"]["Status"], writer()]


def switchover():
    back = "arn:aws:rds:us-east-2:123456789012:cluster:ehr-east"
    planned = WEST.switchover_global_cluster if hasattr(WEST, "switchover_global_cluster") else WEST.failover_global_cluster
    planned(GlobalClusterIdentifier="ehr-global", TargetDbClusterIdentifier=back)
    until(lambda: writer() == back)
    return writer()


def move_writer():
    EAST.failover_db_cluster(DBClusterIdentifier="ehr-east", TargetDBInstanceIdentifier="ehr-east-b")
    EAST.get_waiter("db_cluster_available").wait(DBClusterIdentifier="ehr-east", WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    return [m["DBInstanceIdentifier"] for m in EAST.describe_db_clusters()["DBClusters"][0]["DBClusterMembers"] if m["IsClusterWriter"]]


def reboot():
    EAST.reboot_db_instance(DBInstanceIdentifier="reports", ForceFailover=True)
    EAST.get_waiter("db_instance_available").wait(DBInstanceIdentifier="reports", WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    return EAST.describe_db_instances(DBInstanceIdentifier="reports")["DBInstances"][0]["AvailabilityZone"]


def promote():
    WEST.promote_read_replica(DBInstanceIdentifier="reports-west")
    WEST.get_waiter("db_instance_available").wait(DBInstanceIdentifier="reports-west", WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    return "ReadReplicaSourceDBInstanceIdentifier" in WEST.describe_db_instances(DBInstanceIdentifier="reports-west")["DBInstances"][0]


def health_check():
    config = {"Type": "TCP", "IPAddress": "127.0.0.1", "Port": 9, "RequestInterval": 10, "FailureThreshold": 1}
    made = R53.create_health_check(CallerReference="boto3", HealthCheckConfig=config)["HealthCheck"]["Id"]
    R53.update_health_check(HealthCheckId=made, Inverted=True)
    R53.get_health_check(HealthCheckId=made)
    until(lambda: R53.get_health_check_status(HealthCheckId=made)["HealthCheckObservations"])
    known = made in [c["Id"] for page in R53.get_paginator("list_health_checks").paginate() for c in page["HealthChecks"]]
    R53.delete_health_check(HealthCheckId=made)
    return known


def experiment():
    run = FIS.start_experiment(clientToken="boto3", experimentTemplateId=GIVEN["template"])["experiment"]["id"]
    until(lambda: FIS.get_experiment(id=run)["experiment"]["state"]["status"] == "running")
    if hasattr(FIS, "list_experiment_resolved_targets"):
        FIS.list_experiment_resolved_targets(experimentId=run)
    FIS.stop_experiment(id=run)
    until(lambda: FIS.get_experiment(id=run)["experiment"]["state"]["status"] == "stopped")
    FIS.list_experiments()
    return FIS.get_experiment(id=run)["experiment"]["state"]["status"]


def rehearsal():
    """`actionsMode` is newer than the SDK for JavaScript that the repository uses."""
    options = {"actionsMode": "skip-all"}
    run = FIS.start_experiment(clientToken="skip", experimentTemplateId=GIVEN["template"], experimentOptions=options)["experiment"]["id"]
    until(lambda: FIS.get_experiment(id=run)["experiment"]["state"]["status"] == "completed")
    return FIS.get_experiment(id=run)["experiment"]["actions"]["cut-subnets"]["state"]["status"]


def template():
    FIS.list_experiment_templates()
    before = FIS.get_experiment_template(id=GIVEN["template"])["experimentTemplate"]
    parts = {k: before[k] for k in ("description", "roleArn", "targets", "actions", "stopConditions")}
    made = FIS.create_experiment_template(clientToken="made", tags={"a": "b"}, **parts)["experimentTemplate"]["id"]
    FIS.update_experiment_template(id=made, description="other")
    return FIS.delete_experiment_template(id=made)["experimentTemplate"]["description"]


step("identity", lambda: STS.get_caller_identity()["Account"])
step("role", lambda: STS.assume_role(RoleArn="arn:aws:iam::123456789012:role/resus", RoleSessionName="drill")["AssumedRoleUser"]["Arn"])
step("zones", lambda: [R53.list_hosted_zones()["HostedZones"][0]["Name"], len(R53.list_hosted_zones_by_name(DNSName="hospital.test")["HostedZones"])])
step("zone", lambda: R53.get_hosted_zone(Id=ZONE)["HostedZone"]["Name"])
step("records", lambda: sum(len(p["ResourceRecordSets"]) for p in R53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=ZONE, PaginationConfig={"PageSize": 3})))
step("create record", lambda: change("CREATE", "boto3.hospital.test", "192.0.2.99"))
step("create it again", lambda: change("CREATE", "boto3.hospital.test", "192.0.2.99"))
step("delete record", lambda: change("DELETE", "boto3.hospital.test", "192.0.2.99"))
step("health check", health_check)
step("actions", lambda: [a["id"] for p in FIS.get_paginator("list_actions").paginate() for a in p["actions"]] if FIS.can_paginate("list_actions") else [a["id"] for a in FIS.list_actions()["actions"]])
step("action", lambda: FIS.get_action(id="aws:fis:wait")["action"]["id"])
step("template", template)
step("experiment", experiment)
step("rehearsal", rehearsal)
step("move writer", move_writer)
step("reboot", reboot)
step("promote", promote)
step("failover", failover)
step("switchover", switchover)
step("events", lambda: len([e for p in WEST.get_paginator("describe_events").paginate(PaginationConfig={"PageSize": 20}) for e in p["Events"]]) > 3)
step("missing cluster", lambda: EAST.describe_db_clusters(DBClusterIdentifier="nope"))
step("missing experiment", lambda: FIS.get_experiment(id="nope"))
step("unknown query operation", lambda: EAST.describe_db_snapshots())
step("unknown REST-XML operation", lambda: R53.get_checker_ip_ranges())
step("unknown REST-JSON operation", lambda: FIS.get_safety_lever(id="default"))

json.dump({"version": boto3.__version__, "steps": STEPS, "replies": REPLIES, "strangers": sorted(set(STRANGERS))}, sys.stdout)
