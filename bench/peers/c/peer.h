/*
 * The baseline: C with libmnl, the same buffer size as the library's own. One program has all cases;
 * each measures one sample whenever the harness sends a line, and answers with a line of JSON.
 */
#ifndef PEER_H
#define PEER_H

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define RECEIVE_BUFFER 65536

/* Gets ready: the size of the case, and how many operations make a sample. */
typedef void (*open_function)(long size, long operations);
/* Measures one sample and prints it. */
typedef void (*measure_function)(void);

struct bench_case {
	const char *name;
	const char *variant;
	open_function open;
	measure_function measure;
};

extern const struct bench_case attribute_cases[2];
extern const struct bench_case request_cases[2];
extern const struct bench_case dump_cases[3];
extern const struct bench_case event_cases[2];

/* Adds and deletes addresses, and prints the time before each request: the other side of "latency". */
void stamp(long count, long pause_us);

/* CLOCK_MONOTONIC in nanoseconds. */
uint64_t now(void);

/* What has passed on the clock and of the processor, in nanoseconds. */
struct times {
	uint64_t clock, cpu;
};

struct times look_at_clocks(void);

/* Prints the beginning of a sample: what one of so many operations took. */
void print_values(struct times start, long operations);

/* Ends the program with the reason in errno. */
void fail(const char *what);

/* A socket of rtnetlink, with strict checking if it is to be heeded what a dump asks for. */
struct mnl_socket *connect_route(unsigned int groups, bool strict);

/* Sends a request and receives until its end. */
void transact(struct mnl_socket *socket, struct nlmsghdr *request, mnl_cb_t callback, void *data);

/* Makes a request to add or delete the IPv4 address 10.0.0.0 + number of the loopback. */
struct nlmsghdr *put_address(char *buffer, uint16_t type, uint32_t number);

#endif
