# vdsm activating a host: joins many storage domains at the same time through the Python binding.
# Arguments: number of domains, "wait" or "async", directory. Domains are files there.
import errno
import json
import os
import sys
import threading
import time

import sanlock

count = int(sys.argv[1])
wait = sys.argv[2] == "wait"
directory = sys.argv[3]
paths = [os.path.join(directory, "ids%d" % n) for n in range(count)]
names = [b"domain-%d" % n for n in range(count)]
errors = [None] * count
seconds = [0.0] * count


def join(n):
    start = time.monotonic()
    try:
        sanlock.add_lockspace(names[n], 1, paths[n], iotimeout=2, wait=wait)
        while sanlock.inq_lockspace(names[n], 1, paths[n]) is None:
            time.sleep(0.1)
        if sanlock.inq_lockspace(names[n], 1, paths[n]) is not True:
            errors[n] = "not joined"
    except sanlock.SanlockException as e:
        errors[n] = str(e)
    seconds[n] = time.monotonic() - start


for n in range(count):
    with open(paths[n], "wb") as f:
        f.truncate(1048576)
    sanlock.write_lockspace(names[n], paths[n], iotimeout=2)
join(0)
alone = seconds[0]
threads = [threading.Thread(target=join, args=(n,)) for n in range(1, count)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(json.dumps({"alone": alone, "slowest": max(seconds[1:]),
                  "errors": [e for e in errors if e is not None]}))
