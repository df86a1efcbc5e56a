package main

import (
	"encoding/binary"
	"syscall"

	"github.com/mdlayher/netlink"
)

// The table that the harness fills, and one with few routes to warm up on.
const (
	routeTable    = 1000
	fewRouteTable = 1001
)

// seen are the same sums as those of the other peers.
type seen struct{ count, sum, types uint64 }

func (s *seen) sample(start times, operations int) sample {
	return sample{
		Values: perOperation(start, operations),
		Check: map[string]float64{
			"count": float64(s.count), "sum": float64(s.sum), "types": float64(s.types),
		},
	}
}

func dumpLinks(c *netlink.Conn) (s seen) {
	replies := must(c.Execute(netlink.Message{
		Header: netlink.Header{Type: syscall.RTM_GETLINK, Flags: netlink.Request | netlink.Dump},
		Data:   make([]byte, syscall.SizeofIfInfomsg),
	}))
	for _, m := range replies {
		s.count++
		s.sum += uint64(binary.LittleEndian.Uint32(m.Data[4:]))
		ad := must(netlink.NewAttributeDecoder(m.Data[syscall.SizeofIfInfomsg:]))
		for ad.Next() {
			s.types += uint64(ad.Type())
		}
		must(true, ad.Err())
	}
	return s
}

func dumpRoutes(c *netlink.Conn, table uint32) (s seen) {
	ae := netlink.NewAttributeEncoder()
	ae.Uint32(syscall.RTA_TABLE, table)
	data := make([]byte, syscall.SizeofRtMsg)
	data[0] = syscall.AF_INET
	replies := must(c.Execute(netlink.Message{
		Header: netlink.Header{Type: syscall.RTM_GETROUTE, Flags: netlink.Request | netlink.Dump},
		Data:   append(data, must(ae.Encode())...),
	}))
	for _, m := range replies {
		s.count++
		ad := must(netlink.NewAttributeDecoder(m.Data[syscall.SizeofRtMsg:]))
		ad.ByteOrder = binary.BigEndian
		for ad.Next() {
			s.types += uint64(ad.Type())
			if ad.Type() == syscall.RTA_DST {
				s.sum += uint64(ad.Uint32())
			}
		}
		must(true, ad.Err())
	}
	return s
}

func links(int) measurer {
	c := dial(&netlink.Config{Strict: true})
	return func(operations int) sample {
		var s seen
		start := lookAtClocks()
		for i := 0; i < operations; i++ {
			s = dumpLinks(c)
		}
		return s.sample(start, operations)
	}
}

func routesOf(table func() uint32) measurer {
	c := dial(&netlink.Config{Strict: true})
	return func(operations int) sample {
		var s seen
		start := lookAtClocks()
		for i := 0; i < operations; i++ {
			s = dumpRoutes(c, table())
		}
		return s.sample(start, operations)
	}
}

func routes(int) measurer {
	return routesOf(func() uint32 { return routeTable })
}

// routesMemory dumps few routes first, so that only what the many take is seen afterwards.
func routesMemory(int) measurer {
	next := uint32(fewRouteTable)
	return routesOf(func() uint32 {
		table := next
		next = routeTable
		return table
	})
}
