"""
The Python peer: pyroute2. Each line on standard input asks for one sample, which is answered with a
line of JSON. Arguments: the case, its variant, its size, and how many operations make a sample.
"""

import errno
import ipaddress
import json
import sys
import time

from pyroute2 import IPRoute

name, variant, size, operations = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])

ROUTE_TABLE = 1000  # the one that the harness fills
ADDRESS_GROUP = 1 << 4  # of RTNLGRP_IPV4_IFADDR
LAST = 0xFFFFFF  # the number of the address whose change ends a burst


def say(answer):
    print(json.dumps(answer), flush=True)


def timed(operation, check):
    """Measures operations, of which the last one's result is checked."""
    start, cpu_start = time.perf_counter_ns(), time.process_time_ns()
    for _ in range(operations):
        result = operation()
    elapsed, cpu = time.perf_counter_ns() - start, time.process_time_ns() - cpu_start
    values = {"time": elapsed / operations, "cpu": cpu / operations}
    return {"values": values, "check": check(result)}


def round_trip():
    ip = IPRoute()
    return lambda: timed(
        lambda: ip.get_links(1),
        lambda links: {"index": links[0]["index"]},
    )


def links():
    ip = IPRoute()
    return lambda: timed(
        lambda: list(ip.get_links()),
        lambda links: {
            "count": len(links),
            "sum": sum(link["index"] for link in links),
            "names": sum(len(link.get_attr("IFLA_IFNAME")) for link in links),
        },
    )


def routes():
    ip = IPRoute(strict_check=True)
    number = lambda route: int(ipaddress.IPv4Address(route.get_attr("RTA_DST")))
    return lambda: timed(
        lambda: list(ip.get_routes(family=2, table=ROUTE_TABLE)),
        lambda routes: {"count": len(routes), "sum": sum(map(number, routes))},
    )


def burst():
    ip = IPRoute()
    ip.bind(groups=ADDRESS_GROUP)
    say({"ready": True})
    events = total = first = latest = 0
    while True:
        try:
            messages = ip.get()
        except OSError as error:
            if error.errno != errno.ENOBUFS:
                raise
            continue  # some are lost: they will be missing in the count
        for message in messages:
            number = int(ipaddress.IPv4Address(message.get_attr("IFA_LOCAL"))) - 0x0A000000
            if number == LAST:
                ip.close()
                values = {"time": latest - first, "lost": size - events}
                return {"values": values, **({"check": {"sum": total}} if events == size else {})}
            events += 1
            total += number
            latest = time.perf_counter_ns()
            first = first or latest


cases = {
    "round_trip typed": round_trip,
    "links typed": links,
    "routes typed": routes,
    "burst typed": lambda: burst,
}
measure = cases[f"{name} {variant}"]()
for _ in sys.stdin:
    say(measure())
