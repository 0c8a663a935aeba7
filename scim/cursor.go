package scim

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/roster-scim/roster/scim/schema"
)

// CursorTimeout is how long a cursor may be used after its page was answered.
const CursorTimeout = time.Hour

// maxCursor is longer than any cursor that is given out, in bytes.
const maxCursor = 4096

// cursorLabel separates the keys of cursors from whatever else is derived from
// the same secret. A change of the cursor's content changes it too.
const cursorLabel = "roster scim cursor 1"

// cursors makes and reads the cursors of RFC 9865. A cursor is all the server
// knows of a query in progress: where the next page begins, encrypted, since the
// sort key in it may be somebody's name and URLs end up in logs, and
// authenticated together with the query, so that it opens for nothing else.
type cursors struct {
	secret []byte
	now    func() time.Time
}

func newCursors() cursors {
	secret := make([]byte, sha256.Size)
	_, _ = rand.Read(secret) // never fails: crypto/rand aborts the program instead
	return cursors{secret: secret, now: time.Now}
}

// place is a query whose pages are cursors for: nothing that one place has
// sealed opens at another.
type place struct {
	*cursors
	dir      Directory
	identity []byte // of the query
	count    int
}

func (k *cursors) place(dir Directory, identity []byte, count int) *place {
	return &place{cursors: k, dir: dir, identity: identity, count: count}
}

// cursor is the content of a cursor.
type cursor struct {
	Expires   int64 `json:"e"` // Unix time, seconds
	Count     int   `json:"c"` // of the query
	Total     int   `json:"n"` // totalResults of the first page
	Selection int   `json:"s"`
	Position  int64 `json:"p"`
	Key       any   `json:"k,omitempty"`
}

// seal makes the cursor of the page behind a mark.
func (p *place) seal(m *Mark, total int) (string, error) {
	aead, err := p.aead()
	if err != nil {
		return "", err
	}
	content, err := json.Marshal(cursor{
		Expires: p.now().Add(CursorTimeout).Unix(), Count: p.count, Total: total,
		Selection: m.Selection, Position: m.Position, Key: m.Key,
	})
	if err != nil {
		return "", fmt.Errorf("make a cursor: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(aead.Seal(nil, nil, content, p.identity)), nil //nolint:gosec // the AEAD makes its own random nonce
}

// open returns where the page of a cursor begins, and the total that the first
// page had. An empty cursor stands for the first page. selections is how many
// there are in the query.
func (p *place) open(text string, selections int) (*Mark, int, error) {
	if text == "" {
		return nil, 0, nil
	}
	c, ok := p.decode(text)
	switch {
	case !ok || c.Selection < 0 || c.Selection >= selections:
		return nil, 0, schema.Errorf(schema.InvalidCursor, "The cursor does not belong to this query. "+
			"Begin with an empty cursor and then repeat the query as it is, with the nextCursor of each page.")
	case p.now().Unix() > c.Expires:
		return nil, 0, schema.Errorf(schema.ExpiredCursor, "The cursor was not used for more than %d seconds. "+
			"Begin again with an empty cursor.", int(CursorTimeout.Seconds()))
	case c.Count != p.count:
		return nil, 0, schema.Errorf(schema.InvalidCount, "count is %d, but the query began with %d: "+
			"all pages of a query must ask for the same.", p.count, c.Count)
	}
	return &Mark{Selection: c.Selection, Position: c.Position, Key: c.Key}, c.Total, nil
}

// decode decrypts a cursor. Why one does not open is told to nobody.
func (p *place) decode(text string) (c cursor, ok bool) {
	if len(text) > maxCursor {
		return c, false
	}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return c, false
	}
	aead, err := p.aead()
	if err != nil {
		return c, false
	}
	content, err := aead.Open(nil, nil, sealed, p.identity)
	if err != nil {
		return c, false
	}
	d := json.NewDecoder(bytes.NewReader(content))
	d.UseNumber()
	return c, d.Decode(&c) == nil && c.restore()
}

// aead has a key for the directory alone. Nonces are random, which is safe for
// 2^32 cursors under one key.
func (p *place) aead() (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, p.secret, nil, cursorLabel+"\n"+p.dir.TenantID+"\n"+p.dir.ConnectionID, 32)
	if err != nil {
		return nil, fmt.Errorf("derive the key of cursors: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make the cipher of cursors: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// restore gives the sort key its Go type back. JSON does not tell integers, which
// need all their digits, from other numbers.
func (c *cursor) restore() bool {
	n, ok := c.Key.(json.Number)
	if !ok {
		return true
	}
	if i, err := strconv.ParseInt(n.String(), 10, 64); err == nil {
		c.Key = i
		return true
	}
	f, err := n.Float64()
	c.Key = f
	return err == nil
}
