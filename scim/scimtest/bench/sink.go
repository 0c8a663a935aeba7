package bench

import "bytes"

const (
	maxKept   = 8 << 20 // bytes of one answer that are kept to be looked through
	maxNeedle = 32
)

// sink takes an answer's body: it keeps it, or only counts how often a text
// occurs in it, so that an answer of any size costs no memory.
type sink struct {
	kept   []byte
	needle []byte // nil: keep
	found  int
	size   int64

	tail    [maxNeedle]byte // the end of what came before, where a needle may begin
	tailLen int
}

func (s *sink) reset(needle []byte) {
	s.kept, s.needle = s.kept[:0], needle
	s.found, s.size, s.tailLen = 0, 0, 0
}

func (s *sink) write(part []byte) {
	s.size += int64(len(part))
	if s.needle == nil {
		s.kept = append(s.kept, part[:min(len(part), maxKept-len(s.kept))]...)
		return
	}
	s.kept = append(s.kept, part[:min(len(part), maxAnswer-len(s.kept))]...) // to show if it is wrong
	s.found += bytes.Count(part, s.needle) + s.across(part)
}

// across counts needles that begin in what came before and end in part, and
// remembers where the next one may begin.
func (s *sink) across(part []byte) int {
	short := len(s.needle) - 1
	var seam [2 * maxNeedle]byte
	joined := append(seam[:0], s.tail[:s.tailLen]...)
	joined = append(joined, part[:min(len(part), short)]...)
	found := 0
	if s.tailLen > 0 {
		found = bytes.Count(joined, s.needle)
	}
	end := joined
	if len(part) >= short {
		end = part
	}
	s.tailLen = copy(s.tail[:], end[max(0, len(end)-short):])
	return found
}
