/* Finds the case that the arguments name and measures it as often as the harness asks. */
#include "peer.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t look_at_clock(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

uint64_t now(void)
{
	return look_at_clock(CLOCK_MONOTONIC);
}

struct times look_at_clocks(void)
{
	return (struct times){ now(), look_at_clock(CLOCK_PROCESS_CPUTIME_ID) };
}

void print_values(struct times start, long operations)
{
	struct times end = look_at_clocks();

	printf("{\"values\":{\"time\":%f,\"cpu\":%f}", (double)(end.clock - start.clock) / operations,
	       (double)(end.cpu - start.cpu) / operations);
}

void fail(const char *what)
{
	perror(what);
	exit(1);
}

struct mnl_socket *connect_route(unsigned int groups, bool strict)
{
	struct mnl_socket *socket = mnl_socket_open(NETLINK_ROUTE);
	int on = 1;

	if (socket == NULL || mnl_socket_bind(socket, groups, MNL_SOCKET_AUTOPID) < 0)
		fail("socket");
	if (strict && mnl_socket_setsockopt(socket, NETLINK_GET_STRICT_CHK, &on, sizeof(on)) < 0)
		fail("NETLINK_GET_STRICT_CHK");
	return socket;
}

void transact(struct mnl_socket *socket, struct nlmsghdr *request, mnl_cb_t callback, void *data)
{
	static char buffer[RECEIVE_BUFFER];
	unsigned int port = mnl_socket_get_portid(socket);
	static unsigned int sequence;
	int status = MNL_CB_OK;

	request->nlmsg_seq = ++sequence;
	if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
		fail("sendto");
	while (status > MNL_CB_STOP) {
		ssize_t length = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));

		if (length < 0)
			fail("recvfrom");
		status = mnl_cb_run(buffer, length, sequence, port, callback, data);
	}
	if (status < 0)
		fail("request");
}

struct nlmsghdr *put_address(char *buffer, uint16_t type, uint32_t number)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct ifaddrmsg *address;

	request->nlmsg_type = type;
	request->nlmsg_flags = NLM_F_REQUEST | (type == RTM_NEWADDR ? NLM_F_CREATE | NLM_F_EXCL : 0);
	address = mnl_nlmsg_put_extra_header(request, sizeof(*address));
	address->ifa_family = AF_INET;
	address->ifa_prefixlen = 32;
	address->ifa_index = 1;
	mnl_attr_put_u32(request, IFA_LOCAL, htonl(0x0a000000 + number));
	return request;
}

static void run(const struct bench_case *found, long size, long operations)
{
	char line[16];

	found->open(size, operations);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		found->measure();
		fflush(stdout);
	}
	exit(0);
}

static void search(const struct bench_case *cases, size_t count, char **arguments)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(cases[i].name, arguments[1]) == 0 && strcmp(cases[i].variant, arguments[2]) == 0)
			run(&cases[i], atol(arguments[3]), atol(arguments[4]));
}

int main(int count, char **arguments)
{
	if (count == 4 && strcmp(arguments[1], "stamp") == 0) {
		stamp(atol(arguments[2]), atol(arguments[3]));
		return 0;
	}
	if (count == 5) {
		search(attribute_cases, MNL_ARRAY_SIZE(attribute_cases), arguments);
		search(request_cases, MNL_ARRAY_SIZE(request_cases), arguments);
		search(dump_cases, MNL_ARRAY_SIZE(dump_cases), arguments);
		search(event_cases, MNL_ARRAY_SIZE(event_cases), arguments);
	}
	fprintf(stderr, "usage: CASE VARIANT SIZE OPERATIONS, or stamp COUNT MICROSECONDS\n");
	return 2;
}
