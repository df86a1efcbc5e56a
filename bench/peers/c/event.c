/* Events: a burst of changed addresses, and how long after the change each one arrives. */
#include "peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>

/* The number of the address whose change ends a burst. */
#define LAST 0xffffff

static long expected;
static struct mnl_socket *route_socket;

/* The number of the address in an event, as put_address() counts. */
static uint32_t address_number(const struct nlmsghdr *message)
{
	const struct nlattr *attribute;

	mnl_attr_for_each(attribute, message, sizeof(struct ifaddrmsg))
		if (mnl_attr_get_type(attribute) == IFA_LOCAL)
			return ntohl(mnl_attr_get_u32(attribute)) - 0x0a000000;
	errno = EBADMSG;
	fail("event");
	return 0;
}

static void open_burst(long size, long operations)
{
	(void)operations;
	expected = size;
}

struct burst {
	uint64_t sum;
	long events;
};

static int take_event(const struct nlmsghdr *message, void *data)
{
	struct burst *burst = data;
	uint32_t number = address_number(message);

	if (number == LAST)
		return MNL_CB_STOP;
	burst->sum += number;
	burst->events++;
	return MNL_CB_OK;
}

static void measure_burst(void)
{
	static char buffer[RECEIVE_BUFFER];
	struct burst burst = { 0 };
	uint64_t first = 0, last = 0;
	int status = MNL_CB_OK;

	route_socket = connect_route(RTMGRP_IPV4_IFADDR, false);
	printf("{\"ready\":true}\n");
	fflush(stdout);
	while (status > MNL_CB_STOP) {
		ssize_t length = mnl_socket_recvfrom(route_socket, buffer, sizeof(buffer));

		if (length < 0 && errno == ENOBUFS)
			continue; /* some are lost: they will be missing in the count */
		if (length < 0)
			fail("recvfrom");
		status = mnl_cb_run(buffer, length, 0, 0, take_event, &burst);
		if (status < 0)
			fail("event");
		if (status > MNL_CB_STOP) {
			last = now();
			if (first == 0)
				first = last;
		}
	}
	mnl_socket_close(route_socket);
	printf("{\"values\":{\"time\":%lu,\"lost\":%ld}", last - first, expected - burst.events);
	if (burst.events == expected)
		printf(",\"check\":{\"sum\":%lu}", burst.sum);
	printf("}\n");
}

static void open_latency(long size, long operations)
{
	(void)operations;
	expected = size;
}

/* Waits with epoll and then reads, as whoever has more than one thing to wait for. */
static void measure_latency(void)
{
	static char buffer[RECEIVE_BUFFER];
	struct epoll_event event = { .events = EPOLLIN };
	uint64_t *arrivals = calloc(expected, sizeof(*arrivals));
	int set = epoll_create1(0);

	route_socket = connect_route(RTMGRP_IPV4_IFADDR, false);
	if (arrivals == NULL || set < 0 ||
	    epoll_ctl(set, EPOLL_CTL_ADD, mnl_socket_get_fd(route_socket), &event) < 0)
		fail("epoll");
	printf("{\"ready\":true}\n");
	fflush(stdout);
	for (long i = 0; i < expected; i++) {
		if (epoll_wait(set, &event, 1, -1) < 0)
			fail("epoll_wait");
		if (mnl_socket_recvfrom(route_socket, buffer, sizeof(buffer)) < 0)
			fail("recvfrom");
		arrivals[i] = now();
		if (address_number((struct nlmsghdr *)buffer) != i / 2)
			fail("another event");
	}
	close(set);
	mnl_socket_close(route_socket);
	printf("{\"arrivals\":[");
	for (long i = 0; i < expected; i++)
		printf("%s%lu", i == 0 ? "" : ",", arrivals[i]);
	printf("]}\n");
	free(arrivals);
}

void stamp(long count, long pause_us)
{
	struct timespec pause = { .tv_nsec = pause_us * 1000 };
	char buffer[256];

	route_socket = connect_route(0, false);
	printf("[");
	for (long i = 0; i < count; i++) {
		struct nlmsghdr *request = put_address(buffer, i % 2 ? RTM_DELADDR : RTM_NEWADDR, i / 2);
		uint64_t time;

		nanosleep(&pause, NULL);
		time = now();
		if (mnl_socket_sendto(route_socket, request, request->nlmsg_len) < 0)
			fail("sendto");
		printf("%s%lu", i == 0 ? "" : ",", time);
	}
	printf("]\n");
}

const struct bench_case event_cases[2] = {
	{ "burst", "raw", open_burst, measure_burst },
	{ "latency", "raw", open_latency, measure_latency },
};
