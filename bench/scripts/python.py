"""The obvious implementation in Python: requests, page after page, and boto3's batch_writer.

It reads a round as JSON from each line of its input, and prints the round's figures as a line of JSON.
"""

import decimal
import json
import os
import resource
import sys
import time

import boto3
import requests

host = os.environ["PROCURIOS_HOST"]
dynamodb = boto3.resource("dynamodb")
session = requests.Session()
session.trust_env = False


def cpu_ms():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return (usage.ru_utime + usage.ru_stime) * 1000


def pull(this):
    token = session.post(f"{host}/l/oauth2/token", data={"grant_type": "client_credentials"}).json()
    headers = {
        "Authorization": f"Bearer {token['access_token']}",
        "Accept": "application/vnd.procurios.relation+json; version=1",
        "Accept-Language": "nl-NL",
    }
    params = dict(this["query"])
    written = 0
    with dynamodb.Table(this["table"]).batch_writer() as batch:
        while True:
            answer = session.get(f"{host}{this['path']}", params=params, headers=headers)
            relations = answer.json(parse_float=decimal.Decimal)["relations"]
            if not relations:
                return {"fetched": written, "written": written}
            for relation in relations:
                batch.put_item(Item={"_id": str(relation["id"]), **relation})
            written += len(relations)
            params["after"] = relations[-1]["id"]


print("ready", flush=True)
for line in sys.stdin:
    cpu_before, begin = cpu_ms(), time.perf_counter()
    done = pull(json.loads(line))
    done["wallMs"] = (time.perf_counter() - begin) * 1000
    done["cpuMs"] = cpu_ms() - cpu_before
    done["peakMemoryMb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(done), flush=True)
