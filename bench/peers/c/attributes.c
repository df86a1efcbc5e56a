/* Attributes into bytes and back: integers, strings and bytes in turn, types from 1 on. */
#include "peer.h"

#include <string.h>

#define LARGEST 16384

static char buffer[LARGEST];
static long attributes, repetitions;
static const uint8_t hardware_address[6] = { 2, 0, 0, 0, 0, 7 };

static struct nlmsghdr *encode(void)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);

	for (long i = 0; i < attributes; i++) {
		switch (i % 4) {
		case 0:
			mnl_attr_put_u32(message, i + 1, i);
			break;
		case 1:
			mnl_attr_put_strz(message, i + 1, "eth0");
			break;
		case 2:
			mnl_attr_put_u8(message, i + 1, i);
			break;
		default:
			mnl_attr_put(message, i + 1, sizeof(hardware_address), hardware_address);
		}
	}
	return message;
}

static void open_attributes(long size, long operations)
{
	attributes = size;
	repetitions = operations;
	encode();
}

static void measure_encode(void)
{
	struct times start = look_at_clocks();
	uint64_t length = 0;

	for (long i = 0; i < repetitions; i++)
		length += mnl_nlmsg_get_payload_len(encode());
	print_values(start, repetitions);
	printf(",\"check\":{\"length\":%f}}\n", (double)length / repetitions);
}

static uint64_t decode(const struct nlmsghdr *message)
{
	const struct nlattr *attribute;
	uint64_t sum = 0;

	mnl_attr_for_each(attribute, message, 0) {
		switch ((mnl_attr_get_type(attribute) - 1) % 4) {
		case 0:
			sum += mnl_attr_get_u32(attribute);
			break;
		case 1:
			sum += strlen(mnl_attr_get_str(attribute));
			break;
		case 2:
			sum += mnl_attr_get_u8(attribute);
			break;
		default:
			sum += ((const uint8_t *)mnl_attr_get_payload(attribute))[5];
		}
	}
	return sum;
}

static void measure_decode(void)
{
	struct times start = look_at_clocks();
	uint64_t sum = 0;

	for (long i = 0; i < repetitions; i++)
		sum += decode((const struct nlmsghdr *)buffer);
	print_values(start, repetitions);
	printf(",\"check\":{\"sum\":%f}}\n", (double)sum / repetitions);
}

const struct bench_case attribute_cases[2] = {
	{ "attributes", "encode", open_attributes, measure_encode },
	{ "attributes", "decode", open_attributes, measure_decode },
};
