/* Dumps: every message with all of its attributes walked. */
#include "peer.h"

#include <arpa/inet.h>

/* The table that the harness fills, and one with few routes to warm up on. */
#define ROUTES 1000
#define FEW_ROUTES 1001

static uint32_t route_table = ROUTES;

static struct mnl_socket *route_socket;
static long repetitions;

/* What was seen: the same sums as those of the other peers. */
struct seen {
	uint64_t count, sum, types;
};

static void open_dump(long size, long operations)
{
	(void)size;
	route_socket = connect_route(0, true);
	repetitions = operations;
}

static int walk_link(const struct nlmsghdr *message, void *data)
{
	const struct ifinfomsg *link = mnl_nlmsg_get_payload(message);
	const struct nlattr *attribute;
	struct seen *seen = data;

	seen->count++;
	seen->sum += link->ifi_index;
	mnl_attr_for_each(attribute, message, sizeof(*link))
		seen->types += mnl_attr_get_type(attribute);
	return MNL_CB_OK;
}

static int walk_route(const struct nlmsghdr *message, void *data)
{
	const struct nlattr *attribute;
	struct seen *seen = data;

	seen->count++;
	mnl_attr_for_each(attribute, message, sizeof(struct rtmsg)) {
		uint16_t type = mnl_attr_get_type(attribute);

		seen->types += type;
		if (type == RTA_DST)
			seen->sum += ntohl(mnl_attr_get_u32(attribute));
	}
	return MNL_CB_OK;
}

static void print(const struct seen *seen, struct times start)
{
	print_values(start, repetitions);
	printf(",\"check\":{\"count\":%lu,\"sum\":%lu,\"types\":%lu}}\n", seen->count, seen->sum,
	       seen->types);
}

static void measure_links(void)
{
	char buffer[256];
	struct seen seen;
	struct times start = look_at_clocks();

	for (long i = 0; i < repetitions; i++) {
		struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);

		seen = (struct seen){ 0 };
		request->nlmsg_type = RTM_GETLINK;
		request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
		mnl_nlmsg_put_extra_header(request, sizeof(struct ifinfomsg));
		transact(route_socket, request, walk_link, &seen);
	}
	print(&seen, start);
}

static void open_routes_memory(long size, long operations)
{
	route_table = FEW_ROUTES;
	open_dump(size, operations);
}

static void measure_routes(void)
{
	char buffer[256];
	struct seen seen;
	struct times start = look_at_clocks();

	for (long i = 0; i < repetitions; i++) {
		struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
		struct rtmsg *route;

		seen = (struct seen){ 0 };
		request->nlmsg_type = RTM_GETROUTE;
		request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
		route = mnl_nlmsg_put_extra_header(request, sizeof(*route));
		route->rtm_family = AF_INET;
		mnl_attr_put_u32(request, RTA_TABLE, route_table);
		transact(route_socket, request, walk_route, &seen);
	}
	print(&seen, start);
}

static void measure_routes_memory(void)
{
	measure_routes();
	route_table = ROUTES;
}

const struct bench_case dump_cases[3] = {
	{ "links", "raw", open_dump, measure_links },
	{ "routes", "raw", open_dump, measure_routes },
	{ "routes_memory", "raw", open_routes_memory, measure_routes_memory },
};
