/* Requests: one round trip at a time, and a hundred in one system call. */
#include "peer.h"

#include <string.h>

static struct mnl_socket *route_socket;
static long requests_per_batch, repetitions;

static void open_round_trip(long size, long operations)
{
	(void)size;
	route_socket = connect_route(0, false);
	repetitions = operations;
}

/* What a reply says: it must be the loopback. */
static int check_link(const struct nlmsghdr *message, void *data)
{
	const struct ifinfomsg *link = mnl_nlmsg_get_payload(message);

	*(uint64_t *)data += link->ifi_index;
	return MNL_CB_STOP;
}

static void measure_round_trip(void)
{
	char buffer[256];
	struct times start = look_at_clocks();
	uint64_t sum = 0;

	for (long i = 0; i < repetitions; i++) {
		struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
		struct ifinfomsg *link;

		request->nlmsg_type = RTM_GETLINK;
		request->nlmsg_flags = NLM_F_REQUEST;
		link = mnl_nlmsg_put_extra_header(request, sizeof(*link));
		link->ifi_index = 1;
		transact(route_socket, request, check_link, &sum);
	}
	print_values(start, repetitions);
	printf(",\"check\":{\"index\":%f}}\n", (double)sum / repetitions);
}

static void open_batch(long size, long operations)
{
	route_socket = connect_route(0, false);
	requests_per_batch = size;
	repetitions = operations;
}

/* Comes for each acknowledgement; the callback for data is never called. */
static int count_acknowledgement(const struct nlmsghdr *message, void *data)
{
	const struct nlmsgerr *answer = mnl_nlmsg_get_payload(message);

	if (answer->error != 0)
		return MNL_CB_ERROR;
	++*(long *)data;
	return MNL_CB_OK;
}

/* Sets the loopback's MTU to what it is: the kernel does all but the change. */
static void put_request(struct mnl_nlmsg_batch *batch, unsigned int sequence)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(mnl_nlmsg_batch_current(batch));
	struct ifinfomsg *link;

	request->nlmsg_type = RTM_NEWLINK;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	request->nlmsg_seq = sequence;
	link = mnl_nlmsg_put_extra_header(request, sizeof(*link));
	link->ifi_index = 1;
	mnl_attr_put_u32(request, IFLA_MTU, 65536);
	mnl_nlmsg_batch_next(batch);
}

static void measure_batch(void)
{
	static char requests[RECEIVE_BUFFER], replies[RECEIVE_BUFFER];
	mnl_cb_t controls[NLMSG_MIN_TYPE] = { [NLMSG_ERROR] = count_acknowledgement };
	unsigned int port = mnl_socket_get_portid(route_socket);
	long acknowledged = 0;
	struct times start = look_at_clocks();

	for (long i = 0; i < repetitions; i++) {
		struct mnl_nlmsg_batch *batch = mnl_nlmsg_batch_start(requests, sizeof(requests) / 2);
		long done = 0;

		for (long j = 1; j <= requests_per_batch; j++)
			put_request(batch, j);
		if (mnl_socket_sendto(route_socket, mnl_nlmsg_batch_head(batch), mnl_nlmsg_batch_size(batch)) < 0)
			fail("sendto");
		mnl_nlmsg_batch_stop(batch);
		while (done < requests_per_batch) {
			ssize_t length = mnl_socket_recvfrom(route_socket, replies, sizeof(replies));

			if (length < 0 || mnl_cb_run2(replies, length, 0, port, NULL, &done, controls,
						      MNL_ARRAY_SIZE(controls)) < 0)
				fail("batch");
		}
		acknowledged += done;
	}
	print_values(start, repetitions);
	printf(",\"check\":{\"acknowledged\":%f}}\n", (double)acknowledged / repetitions);
}

const struct bench_case request_cases[2] = {
	{ "round_trip", "raw", open_round_trip, measure_round_trip },
	{ "batch", "raw", open_batch, measure_batch },
};
