package scim

import "io"

// Large is the JSON of a large answer, which is made while it is written: the
// server holds what it has read but not what it sends, so of each of 100,000
// members some 35 bytes and not some 200. It may be written several times.
type Large struct{ write func(o *output) }

// Sizes of answers.
const (
	// maxWhole is how long an answer may be, by estimate, to be made in memory.
	maxWhole = 512 << 10
	// pieceSize is how much of a larger one is made before it is sent.
	pieceSize = 64 << 10
	// excerptSize is about how much of it is in an excerpt.
	excerptSize = 64 << 10
)

// fill makes the body of an answer. size is about how long it is.
func (r *Response) fill(size int, write func(o *output)) *Response {
	if size > maxWhole {
		r.Large = &Large{write}
		return r
	}
	o := output{buf: make([]byte, 0, size)}
	write(&o)
	r.Body = o.buf
	return r
}

// WriteTo implements io.WriterTo. It fails if w does, and for no other reason.
func (l *Large) WriteTo(w io.Writer) (int64, error) {
	o := output{buf: make([]byte, 0, pieceSize+pieceSize/8), to: w}
	l.write(&o)
	o.flush()
	return o.written, o.err
}

// Excerpt is a shorter answer of the same form, with fewer members or fewer
// resources, for whoever keeps a record of it. shortened: it is not the whole.
func (l *Large) Excerpt() (body []byte, shortened bool) {
	o := output{most: excerptSize}
	l.write(&o)
	return o.buf, o.cut
}

// output takes what is written.
type output struct {
	buf     []byte
	to      io.Writer // nil: all stays in buf
	written int64
	err     error // of to

	most int // with this many bytes lists come to an end; 0: any number
	cut  bool
}

// room says whether a list goes on: before each of its elements.
func (o *output) room() bool {
	if o.to != nil && len(o.buf) >= pieceSize {
		o.flush()
	}
	if o.most > 0 && len(o.buf) >= o.most {
		o.cut = true
	}
	return o.err == nil && !o.cut
}

func (o *output) flush() {
	if o.err == nil && len(o.buf) > 0 {
		var n int
		n, o.err = o.to.Write(o.buf)
		o.written += int64(n)
	}
	o.buf = o.buf[:0]
}
