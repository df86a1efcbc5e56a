// The Go peer: github.com/mdlayher/netlink, used as its documentation says. One program has all cases;
// each measures one sample whenever the harness sends a line, and answers with a line of JSON.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strconv"
	"syscall"
	"time"
	"unsafe"

	"github.com/mdlayher/netlink"
)

// A sample is what one measurement gave.
type sample struct {
	Values   map[string]float64 `json:"values,omitempty"`
	Check    map[string]float64 `json:"check,omitempty"`
	Arrivals []int64            `json:"arrivals,omitempty"`
}

// A measurer measures one sample of so many operations.
type measurer func(operations int) sample

// cases are by name and variant; each gets ready for the size of the case.
var cases = map[string]func(size int) measurer{
	"attributes encode": attributesEncode,
	"attributes decode": attributesDecode,
	"round_trip raw":    roundTrip,
	"batch raw":         batch,
	"waiting 1":         func(int) measurer { return waiting(1) },
	"waiting 1000":      func(int) measurer { return waiting(1000) },
	"links raw":         links,
	"routes raw":        routes,
	"routes_memory raw": routesMemory,
	"burst raw":         burst,
	"latency raw":       latency,
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func dial(config *netlink.Config) *netlink.Conn {
	return must(netlink.Dial(syscall.NETLINK_ROUTE, config))
}

// times are what has passed on the clock and of the processor.
type times struct {
	clock time.Time
	cpu   int64
}

func lookAtClocks() times {
	var usage syscall.Rusage
	must(true, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return times{time.Now(), usage.Utime.Nano() + usage.Stime.Nano()}
}

// perOperation gives the nanoseconds that one of so many operations took.
func perOperation(start times, operations int) map[string]float64 {
	end := lookAtClocks()
	return map[string]float64{
		"time": float64(end.clock.Sub(start.clock).Nanoseconds()) / float64(operations),
		"cpu":  float64(end.cpu-start.cpu) / float64(operations),
	}
}

// monotonic gives CLOCK_MONOTONIC in nanoseconds, which is the same in all processes.
func monotonic() int64 {
	var t syscall.Timespec
	const clockMonotonic = 1
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&t)), 0)
	return t.Nano()
}

// ready tells the harness that events may come now.
func ready() { fmt.Println(`{"ready":true}`) }

func main() {
	if len(os.Args) != 5 {
		log.Fatal("usage: CASE VARIANT SIZE OPERATIONS")
	}
	open, ok := cases[os.Args[1]+" "+os.Args[2]]
	if !ok {
		log.Fatal("no such case")
	}
	measure := open(must(strconv.Atoi(os.Args[3])))
	operations := must(strconv.Atoi(os.Args[4]))
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		fmt.Println(string(must(json.Marshal(measure(operations)))))
	}
}
