package scim

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/roster-scim/roster/scim/schema"
)

// etag is the entity tag of a record that was read with what versionOf names.
func (r *Record) etag() string { return etag(r.Version, r.Memberships) }

// versionOf is what the entity tag of a type's resources is made of, besides
// what records always have.
func versionOf(t *schema.ResourceType) With {
	return With{Memberships: groupsAttribute(t) != nil}
}

// etag is a resource's weak entity tag, also its meta.version. A user's groups
// are part of what it shows although they are stored elsewhere, so they are part
// of the tag: W/"7-1a2b3c4d".
func etag(version int64, memberships []Membership) string {
	var tag [etagLength]byte
	return string(appendETag(tag[:0], version, memberships))
}

// etagLength is how long a tag is at most.
const etagLength = 40

func appendETag(b []byte, version int64, memberships []Membership) []byte {
	b = strconv.AppendInt(append(b, `W/"`...), version, 10)
	if len(memberships) > 0 {
		h := digestStart
		for _, m := range memberships {
			h = h.with(m.GroupID).with("\x00").with(m.Display).with("\x00").with(strconv.FormatBool(m.Direct)).with("\x00")
		}
		b = strconv.AppendUint(append(b, '-'), uint64(h), 16)
	}
	return append(b, '"')
}

// digest is a FNV-1a hash of texts. Package hash/fnv makes copies of them.
type digest uint32

const (
	digestStart digest = 2166136261
	digestPrime digest = 16777619
)

func (d digest) with(text string) digest {
	for i := range len(text) {
		d = (d ^ digest(text[i])) * digestPrime
	}
	return d
}

// notModified reports whether a read may be answered 304 (RFC 9110 section
// 13.1.2): If-None-Match compares weakly, and the whole tag.
func (p Preconditions) notModified(current string) bool {
	if p.IfNoneMatch == "" {
		return false
	}
	for tag := range tags(p.IfNoneMatch) {
		if tag == "*" || opaque(tag) == opaque(current) {
			return true
		}
	}
	return false
}

// check refuses a write whose preconditions the stored version does not meet.
// Only the part of a tag that counts the resource's own changes is compared:
// that somebody joined a group does not make an update of the user conflict.
func (p Preconditions) check(version int64) error {
	if p.IfMatch != "" && !anyVersion(p.IfMatch, version) {
		return refuse(http.StatusPreconditionFailed,
			"The resource has changed since this version was read. Read it again and repeat the change.")
	}
	if p.IfNoneMatch != "" && anyVersion(p.IfNoneMatch, version) {
		return refuse(http.StatusPreconditionFailed, "The resource exists in the version that If-None-Match rules out.")
	}
	return nil
}

func anyVersion(header string, version int64) bool {
	want := strconv.FormatInt(version, 10)
	for tag := range tags(header) {
		if tag == "*" {
			return true
		}
		number, _, _ := strings.Cut(opaque(tag), "-")
		if number == want {
			return true
		}
	}
	return false
}

// tags yields the entity tags of a header. Roster's own tags hold no comma.
func tags(header string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for tag := range strings.SplitSeq(header, ",") {
			if tag = strings.TrimSpace(tag); tag != "" && !yield(tag) {
				return
			}
		}
	}
}

func opaque(tag string) string {
	return strings.Trim(strings.TrimPrefix(tag, "W/"), `"`)
}
