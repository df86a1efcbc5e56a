package main

import (
	"github.com/mdlayher/netlink"
)

var hardwareAddress = []byte{2, 0, 0, 0, 0, 7}

// encode makes integers, strings and bytes in turn, with types from 1 on.
func encode(count int) []byte {
	ae := netlink.NewAttributeEncoder()
	for i := 0; i < count; i++ {
		t := uint16(i + 1)
		switch i % 4 {
		case 0:
			ae.Uint32(t, uint32(i))
		case 1:
			ae.String(t, "eth0")
		case 2:
			ae.Uint8(t, uint8(i))
		default:
			ae.Bytes(t, hardwareAddress)
		}
	}
	return must(ae.Encode())
}

func decode(b []byte) (sum uint64) {
	ad := must(netlink.NewAttributeDecoder(b))
	for ad.Next() {
		switch (ad.Type() - 1) % 4 {
		case 0:
			sum += uint64(ad.Uint32())
		case 1:
			sum += uint64(len(ad.String()))
		case 2:
			sum += uint64(ad.Uint8())
		default:
			sum += uint64(ad.Bytes()[5])
		}
	}
	must(true, ad.Err())
	return sum
}

func attributesEncode(size int) measurer {
	return func(operations int) sample {
		length := 0
		start := lookAtClocks()
		for i := 0; i < operations; i++ {
			length += len(encode(size))
		}
		return sample{
			Values: perOperation(start, operations),
			Check:  map[string]float64{"length": float64(length) / float64(operations)},
		}
	}
}

func attributesDecode(size int) measurer {
	b := encode(size)
	return func(operations int) sample {
		sum := uint64(0)
		start := lookAtClocks()
		for i := 0; i < operations; i++ {
			sum += decode(b)
		}
		return sample{
			Values: perOperation(start, operations),
			Check:  map[string]float64{"sum": float64(sum) / float64(operations)},
		}
	}
}
