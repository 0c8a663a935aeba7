package scim

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"iter"
	"slices"
)

// Members are those of a group. There may be 100,000, so they are packed: one
// takes 18 bytes and its name. The zero value has none.
type Members struct {
	count  int
	types  []string // of resources, by the number that members have
	chunks [][]byte // of whole members, one behind the other
	last   [16]byte
	mixed  bool // they did not come in the order of their ids
}

// Sizes of chunks. What is full stays where it is: growing copies nothing.
const (
	firstChunk = 1 << 10
	largeChunk = 64 << 10
)

// Len is how many there are.
func (m *Members) Len() int { return m.count }

// Add puts one behind the others. typ is the name of its resource type.
func (m *Members) Add(id [16]byte, typ, display []byte) {
	m.mixed = m.mixed || m.count > 0 && bytes.Compare(m.last[:], id[:]) > 0
	m.last = id
	m.add(m.typeOf(typ), id, display)
}

func (m *Members) add(typ int, id [16]byte, display []byte) {
	need := 2*binary.MaxVarintLen32 + len(id) + len(display)
	last := len(m.chunks) - 1
	if last < 0 || cap(m.chunks[last])-len(m.chunks[last]) < need {
		size := firstChunk
		if last >= 0 {
			size = min(2*cap(m.chunks[last]), largeChunk)
		}
		m.chunks = append(m.chunks, make([]byte, 0, max(size, need)))
		last++
	}
	b := append(m.chunks[last], id[:]...)
	b = binary.AppendUvarint(b, uint64(typ))
	b = binary.AppendUvarint(b, uint64(len(display)))
	m.chunks[last] = append(b, display...)
	m.count++
}

func (m *Members) typeOf(name []byte) int {
	for i, t := range m.types {
		if t == string(name) {
			return i
		}
	}
	m.types = append(m.types, string(name))
	return len(m.types) - 1
}

// Sort puts them into the order of their ids.
func (m *Members) Sort() {
	if !m.mixed {
		return
	}
	all := slices.SortedFunc(m.packed(), func(a, b packedMember) int { return bytes.Compare(a.id[:], b.id[:]) })
	sorted := Members{types: m.types}
	for _, one := range all {
		sorted.add(one.typ, one.id, one.display)
	}
	*m = sorted
}

// Equal says whether two groups have the same members in the same order.
func (m Members) Equal(other Members) bool {
	return m.count == other.count && slices.Equal(m.List(), other.List())
}

// All are the members one by one.
func (m *Members) All() iter.Seq[Member] {
	return func(yield func(Member) bool) {
		for one := range m.packed() {
			id := string(appendUUID(nil, one.id))
			if !yield(Member{ID: id, Type: m.types[one.typ], Display: string(one.display)}) {
				return
			}
		}
	}
}

// List are all members, for those who need few.
func (m *Members) List() []Member { return slices.Collect(m.All()) }

// packedMember is a member as it is stored in a chunk.
type packedMember struct {
	id      [16]byte
	typ     int // in Members.types
	display []byte
}

func (m *Members) packed() iter.Seq[packedMember] {
	return func(yield func(packedMember) bool) {
		for _, rest := range m.chunks {
			for len(rest) > 0 {
				var one packedMember
				one.id, rest = [16]byte(rest), rest[len(one.id):]
				typ, n := binary.Uvarint(rest)
				rest = rest[n:]
				length, n := binary.Uvarint(rest)
				end := n + int(length)
				one.typ, one.display, rest = int(typ), rest[n:end], rest[end:]
				if !yield(one) {
					return
				}
			}
		}
	}
}

// appendUUID appends an id as text.
func appendUUID(b []byte, id [16]byte) []byte {
	b = hex.AppendEncode(b, id[:4])
	for _, part := range [][2]int{{4, 6}, {6, 8}, {8, 10}, {10, 16}} {
		b = hex.AppendEncode(append(b, '-'), id[part[0]:part[1]])
	}
	return b
}
