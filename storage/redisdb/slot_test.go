package redisdb

import (
	"errors"
	"testing"
)

// TestSlot has the examples of the Redis Cluster specification.
func TestSlot(t *testing.T) {
	t.Parallel()
	if sum := crc16("123456789"); sum != 0x31C3 {
		t.Errorf("CRC16 of 123456789 is %#x", sum)
	}
	for key, same := range map[string]string{
		"{user1000}.following": "user1000",
		"foo{bar}{zap}":        "bar",
		"foo{{bar}}zap":        "{bar",
		"a}b{c}d":              "c",
	} {
		if Slot(key) != int(crc16(same)%slots) {
			t.Errorf("the hash tag of %s is not %s", key, same)
		}
	}
	for _, key := range []string{"foo{}{bar}", "foo{bar", "foo}", ""} {
		if Slot(key) != int(crc16(key)%slots) {
			t.Errorf("%q is not hashed as a whole", key)
		}
	}
}

func TestSameSlot(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		keys []string
		ok   bool
	}{
		{nil, false},
		{[]string{"a"}, true},
		{[]string{"x:{a}:1", "y:{a}", "a"}, true},
		{[]string{"a", "b"}, false},
		{[]string{"{a}", "{a}:2", "{b}"}, false},
	} {
		if err := sameSlot(c.keys); (err == nil) != c.ok || (err != nil && !errors.Is(err, ErrKeys)) {
			t.Errorf("%q: %v", c.keys, err)
		}
	}
}
