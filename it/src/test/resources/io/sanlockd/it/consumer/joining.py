# vdsm joining a storage domain: what it is told meanwhile. Argument: the path of the lockspace.
import errno
import json
import sys
import time

import sanlock

path = sys.argv[1]
seen = {}


def failure(function, *arguments, **keywords):
    try:
        return function(*arguments, **keywords)
    except sanlock.SanlockException as e:
        return e.errno


sanlock.write_lockspace(b"ls", path, iotimeout=2)
seen["before"] = sanlock.inq_lockspace(b"ls", 1, path)
seen["async"] = sanlock.add_lockspace(b"ls", 1, path, iotimeout=2, wait=False)
seen["second"] = failure(sanlock.add_lockspace, b"ls", 1, path, iotimeout=2, wait=True)
seen["while_joining"] = sanlock.inq_lockspace(b"ls", 1, path)
seen["hosts_while_joining"] = failure(sanlock.get_hosts, b"ls", 1)
seen["waited"] = sanlock.inq_lockspace(b"ls", 1, path, wait=True)
seen["hosts_at_first"] = failure(sanlock.get_hosts, b"ls", 1)
seen["again"] = failure(sanlock.add_lockspace, b"ls", 1, path, iotimeout=2)
while not isinstance(failure(sanlock.get_hosts, b"ls", 1), list):
    time.sleep(0.1)
seen["hosts"] = sanlock.get_hosts(b"ls", 1)
print(json.dumps(seen))
