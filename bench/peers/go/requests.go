package main

import (
	"encoding/binary"
	"log"
	"syscall"

	"github.com/mdlayher/netlink"
)

// getLoopback asks for the link 1.
func getLoopback() netlink.Message {
	data := make([]byte, syscall.SizeofIfInfomsg)
	binary.LittleEndian.PutUint32(data[4:], 1)
	return netlink.Message{
		Header: netlink.Header{Type: syscall.RTM_GETLINK, Flags: netlink.Request},
		Data:   data,
	}
}

func roundTrips(c *netlink.Conn, operations int) sample {
	sum := uint32(0)
	start := lookAtClocks()
	for i := 0; i < operations; i++ {
		replies := must(c.Execute(getLoopback()))
		sum += binary.LittleEndian.Uint32(replies[0].Data[4:])
	}
	return sample{
		Values: perOperation(start, operations),
		Check:  map[string]float64{"index": float64(sum) / float64(operations)},
	}
}

func roundTrip(int) measurer {
	c := dial(nil)
	return func(operations int) sample { return roundTrips(c, operations) }
}

// waiting makes round trips while so many other connections wait for events that never come.
func waiting(others int) measurer {
	for i := 0; i < others; i++ {
		c := dial(nil)
		go func() {
			must(c.Receive())
			log.Fatal("there was to be no event")
		}()
	}
	return roundTrip(1)
}

// setMTU sets the loopback's MTU to what it is: the kernel does all but the change.
func setMTU() netlink.Message {
	ae := netlink.NewAttributeEncoder()
	ae.Uint32(syscall.IFLA_MTU, 65536)
	m := getLoopback()
	m.Header.Type = syscall.RTM_NEWLINK
	m.Header.Flags |= netlink.Acknowledge
	m.Data = append(m.Data, must(ae.Encode())...)
	return m
}

// batch sends many requests at once. The library has no call for it that also receives the replies.
func batch(size int) measurer {
	c := dial(nil)
	return func(operations int) sample {
		acknowledged := 0
		start := lookAtClocks()
		for i := 0; i < operations; i++ {
			requests := make([]netlink.Message, size)
			for j := range requests {
				requests[j] = setMTU()
			}
			must(c.SendMessages(requests))
			for done := 0; done < size; {
				n := len(must(c.Receive()))
				done += n
				acknowledged += n
			}
		}
		return sample{
			Values: perOperation(start, operations),
			Check:  map[string]float64{"acknowledged": float64(acknowledged) / float64(operations)},
		}
	}
}
