package main

import (
	"encoding/binary"
	"errors"
	"log"
	"syscall"
	"time"

	"github.com/mdlayher/netlink"
)

const (
	addressGroup = 1 << 4   // of RTNLGRP_IPV4_IFADDR
	last         = 0xffffff // the number of the address whose change ends a burst
)

// addressNumber counts the addresses from 10.0.0.0 on.
func addressNumber(m netlink.Message) uint32 {
	ad := must(netlink.NewAttributeDecoder(m.Data[syscall.SizeofIfAddrmsg:]))
	ad.ByteOrder = binary.BigEndian
	for ad.Next() {
		if ad.Type() == syscall.IFA_LOCAL {
			return ad.Uint32() - 0x0a000000
		}
	}
	log.Fatal("an event has no address")
	return 0
}

func burst(size int) measurer {
	return func(int) sample {
		c := dial(&netlink.Config{Groups: addressGroup})
		defer c.Close()
		ready()
		var first, latest time.Time
		events, sum := 0, uint64(0)
		for ended := false; !ended; {
			messages, err := c.Receive()
			if errors.Is(err, syscall.ENOBUFS) {
				continue // some are lost: they will be missing in the count
			}
			must(messages, err)
			for _, m := range messages {
				number := addressNumber(m)
				if number == last {
					ended = true
					break
				}
				events++
				sum += uint64(number)
				latest = time.Now()
				if events == 1 {
					first = latest
				}
			}
		}
		result := sample{Values: map[string]float64{
			"time": float64(latest.Sub(first).Nanoseconds()),
			"lost": float64(size - events),
		}}
		if events == size {
			result.Check = map[string]float64{"sum": float64(sum)}
		}
		return result
	}
}

func latency(size int) measurer {
	return func(int) sample {
		c := dial(&netlink.Config{Groups: addressGroup})
		defer c.Close()
		ready()
		arrivals := make([]int64, size)
		for i := range arrivals {
			messages := must(c.Receive())
			arrivals[i] = monotonic()
			if addressNumber(messages[0]) != uint32(i/2) {
				log.Fatal("another event")
			}
		}
		return sample{Arrivals: arrivals}
	}
}
