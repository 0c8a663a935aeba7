package redisdb

import (
	"errors"
	"strings"
)

// slots is how many hash slots a Redis Cluster has.
const slots = 16384

// ErrKeys: a script was called without keys, or with keys of several slots. It
// is a mistake in the program, and told on a single Redis too.
var ErrKeys = errors.New("the keys of a script must be at least one and all of one hash slot")

// Slot returns the hash slot of a key: CRC16 of its hash tag, the first {…} that
// is not empty, or of the whole key.
func Slot(key string) int {
	if open := strings.IndexByte(key, '{'); open >= 0 {
		if length := strings.IndexByte(key[open+1:], '}'); length > 0 {
			key = key[open+1 : open+1+length]
		}
	}
	return int(crc16(key) % slots)
}

func sameSlot(keys []string) error {
	if len(keys) == 0 {
		return ErrKeys
	}
	first := Slot(keys[0])
	for _, key := range keys[1:] {
		if Slot(key) != first {
			return ErrKeys
		}
	}
	return nil
}

// crc16 is CRC-16/XMODEM, as the Redis Cluster specification has it.
func crc16(s string) (sum uint16) {
	for i := range len(s) {
		sum = sum<<8 ^ crcTable[byte(sum>>8)^s[i]]
	}
	return sum
}

var crcTable = func() (table [256]uint16) {
	for i := range table {
		sum := uint16(i) << 8
		for range 8 {
			if sum&0x8000 != 0 {
				sum = sum<<1 ^ 0x1021
			} else {
				sum <<= 1
			}
		}
		table[i] = sum
	}
	return table
}()
