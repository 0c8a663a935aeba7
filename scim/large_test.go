package scim_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
)

// groupOf is a group of n members, whose names the caller chooses.
func groupOf(n int, name func(i int) string) *scim.Record {
	r := &scim.Record{ID: "0194b0e2-8a39-7b60-8e57-2f2d6d7c9b10", Version: 3, Created: time.Now(), LastModified: time.Now(),
		Document: json.RawMessage(`{"externalId":"x","displayName":"Everybody"}`)}
	for i := range n {
		typ := "User"
		if i%7 == 3 {
			typ = "Group"
		}
		r.Members.Add(memberID(i), []byte(typ), []byte(name(i)))
	}
	return r
}

func memberID(i int) (id [16]byte) {
	binary.BigEndian.PutUint64(id[8:], uint64(i))
	return id
}

func get(t testing.TB, r *scim.Record, attributes, excluded []string) *scim.Response {
	t.Helper()
	p, err := scim.NewProjection(attributes, excluded)
	if err != nil {
		t.Fatal(err)
	}
	response, err := scim.New(fixed{record: r}).Get(t.Context(), benchCaller(), schema.Default().ByName("Group"), r.ID, p, scim.Preconditions{})
	if err != nil {
		t.Fatal(err)
	}
	return response
}

func personName(i int) string { return fmt.Sprint("Person ", i) }

// bodyOf is all of an answer, whichever way it is made.
func bodyOf(t testing.TB, r *scim.Response) []byte {
	t.Helper()
	if r.Large == nil {
		return r.Body
	}
	var b bytes.Buffer
	n, err := r.Large.WriteTo(&b)
	if err != nil || n != int64(b.Len()) {
		t.Fatalf("%d of %d bytes, %v", n, b.Len(), err)
	}
	return b.Bytes()
}

// A group is answered in the same words whether or not it is large: what a small
// one and a large one have in common is the same, byte by byte.
func TestLargeGroupIsWrittenLikeASmallOne(t *testing.T) {
	t.Parallel()
	const small, large = 50, 12_000
	for _, names := range [][2][]string{
		{}, {{"members.value"}, nil}, {{"members"}, nil}, {{"members.display"}, nil}, {{"displayName", "members.$ref", "members.type"}, nil},
		{nil, {"members.display"}}, {nil, {"members.$ref", "meta"}}, {nil, {"members.value", "members.$ref", "members.display", "members.type"}},
		{nil, {"members"}}, {{"displayName"}, nil},
	} {
		some := func(i int) string { return strings.Repeat("Ö\"\n", i%3) }
		first := bodyOf(t, get(t, groupOf(small, some), names[0], names[1]))
		response := get(t, groupOf(large, some), names[0], names[1])
		all := bodyOf(t, response)
		var got, want map[string]any
		if err := errors.Join(json.Unmarshal(all, &got), json.Unmarshal(first, &want)); err != nil {
			t.Fatalf("%v: %v", names, err)
		}
		members, _ := got["members"].([]any)
		start, _ := want["members"].([]any)
		if len(members) > 0 {
			head, _, _ := bytes.Cut(first, []byte(`}],"meta"`))
			if head, _, _ = bytes.Cut(head, []byte(`}]}`)); !bytes.HasPrefix(all, head) {
				t.Errorf("%v: %.200s\ndoes not begin with %.200s", names, all, head)
			}
		}
		if show := wanted(start, small, large); len(members) != show {
			t.Errorf("%v: %d members, want %d", names, len(members), show)
		}
		delete(got, "members")
		delete(want, "members")
		if fmt.Sprint(keys(got)) != fmt.Sprint(keys(want)) {
			t.Errorf("%v: %v, want %v", names, keys(got), keys(want))
		}
		excerptOf(t, response, all, len(members))
	}
}

// TestMemoryOfAnAnswer: what is hidden takes no room, and sends no answer in pieces.
func TestMemoryOfAnAnswer(t *testing.T) {
	t.Parallel()
	for _, names := range [][2][]string{{}, {{"members.value"}, nil}, {{"displayName"}, nil}, {nil, {"members.$ref"}}} {
		response := get(t, groupOf(1_900, personName), names[0], names[1])
		if response.Large != nil || cap(response.Body) > 2*len(response.Body)+1024 {
			t.Errorf("%v: %d bytes in %d", names, len(response.Body), cap(response.Body))
		}
	}
}

// wanted is how many members of large are shown if some of small are: all,
// none, or those with a name, which are two of three.
func wanted(shown []any, small, large int) int {
	switch len(shown) {
	case 0:
		return 0
	case small:
		return large
	}
	return large - (large+2)/3
}

func keys(m map[string]any) (names []string) {
	for _, name := range []string{"schemas", "id", "externalId", "displayName", "members", "meta"} {
		if _, ok := m[name]; ok {
			names = append(names, name)
		}
	}
	return names
}

// excerptOf holds an excerpt to what a record of a request needs of it.
func excerptOf(t *testing.T, response *scim.Response, all []byte, members int) {
	t.Helper()
	if response.Large == nil {
		return
	}
	excerpt, shortened := response.Large.Excerpt()
	var got, whole map[string]any
	if err := errors.Join(json.Unmarshal(excerpt, &got), json.Unmarshal(all, &whole)); err != nil {
		t.Fatalf("excerpt: %v", err)
	}
	some, _ := got["members"].([]any)
	if shortened != (len(some) < members) || len(excerpt) > 80<<10 || fmt.Sprint(keys(got)) != fmt.Sprint(keys(whole)) {
		t.Errorf("excerpt of %d bytes with %d of %d members, shortened: %v, and %v", len(excerpt), len(some), members, shortened, keys(got))
	}
}

// TestLargeGroupNeedsLittleMemory: neither is the answer made as a whole, nor is
// anything allocated for a member that is written.
func TestLargeGroupNeedsLittleMemory(t *testing.T) {
	const n = 20_000
	var record *scim.Record
	held := allocated(func() { record = groupOf(n, func(int) string { return "Ngozi Adeyemi" }) })
	if most := int64(n * 50); held > most {
		t.Errorf("%d bytes for %d members, want at most %d", held, n, most)
	}
	for _, attributes := range [][]string{nil, {"members.value"}} {
		var written counter
		response := get(t, record, attributes, nil)
		sent := allocated(func() { _, _ = response.Large.WriteTo(&written) })
		if sent > 200<<10 || written.bytes < n*40 || written.largest > 128<<10 {
			t.Errorf("%v: %d bytes allocated to write %d, the largest piece %d", attributes, sent, written.bytes, written.largest)
		}
	}
}

// allocated is what fn allocates, in bytes. Nothing else may run.
func allocated(fn func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	fn()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

type counter struct{ bytes, largest int }

func (c *counter) Write(p []byte) (int, error) {
	c.bytes, c.largest = c.bytes+len(p), max(c.largest, len(p))
	return len(p), nil
}

var errGone = errors.New("the client is gone")

// gone is a client that hangs up after some pieces.
type gone struct{ pieces int }

func (g *gone) Write(p []byte) (int, error) {
	if g.pieces--; g.pieces < 0 {
		return 0, errGone
	}
	return len(p), nil
}

func TestLargeGroupToWhoHangsUp(t *testing.T) {
	t.Parallel()
	response := get(t, groupOf(20_000, personName), nil, nil)
	for pieces := range 3 {
		client := &gone{pieces: pieces}
		n, err := response.Large.WriteTo(client)
		if !errors.Is(err, errGone) || client.pieces != -1 || (n > 0) != (pieces > 0) {
			t.Errorf("after %d pieces: %d bytes, %v, and %d more tries", pieces, n, err, -1-client.pieces)
		}
	}
}

// found answers every list with the same records.
type found struct {
	scim.Store
	records []*scim.Record
}

func (f found) List(context.Context, scim.Directory, *schema.ResourceType, scim.ListQuery) (scim.Page, error) {
	return scim.Page{Total: len(f.records), Records: f.records}, nil
}

func TestLargePageIsOneListResponse(t *testing.T) {
	t.Parallel()
	f := found{}
	for range 5 {
		f.records = append(f.records, groupOf(2_000, personName))
	}
	search := scim.Search{Start: 1, Count: 100}
	response, err := scim.New(f).List(t.Context(), benchCaller(), schema.Default().ByName("Group"), search)
	if err != nil || response.Large == nil {
		t.Fatalf("%+v, %v", response, err)
	}
	excerpt, shortened := response.Large.Excerpt()
	for body, groups := range map[string]int{string(bodyOf(t, response)): 5, string(excerpt): 1} {
		var list struct {
			TotalResults, ItemsPerPage int
			Resources                  []struct{ Members []any }
		}
		if err := json.Unmarshal([]byte(body), &list); err != nil {
			t.Fatal(err)
		}
		if list.TotalResults != 5 || list.ItemsPerPage != 5 || len(list.Resources) != groups {
			t.Errorf("%d of %d, %d groups, want %d", list.ItemsPerPage, list.TotalResults, len(list.Resources), groups)
		}
		if groups == 5 && len(list.Resources[4].Members) != 2_000 {
			t.Errorf("the last group has %d members", len(list.Resources[4].Members))
		}
	}
	if !shortened {
		t.Error("the excerpt says that it is whole")
	}
}

// TestMembers: what is put in comes out, sorted.
func TestMembers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfNDistinct(rapid.Uint32(), 0, 300, rapid.ID).Draw(t, "ids")
		var m scim.Members
		want := map[string]scim.Member{}
		for _, i := range ids {
			typ := rapid.SampledFrom([]string{"User", "Group", "Device"}).Draw(t, "type")
			name := strings.Repeat(rapid.SampledFrom([]string{"", "ö", "name"}).Draw(t, "name"), rapid.SampledFrom([]int{1, 40, 3_000}).Draw(t, "times"))
			m.Add(memberID(int(i)), []byte(typ), []byte(name))
			id := fmt.Sprintf("00000000-0000-0000-0000-%012x", i)
			want[id] = scim.Member{ID: id, Type: typ, Display: name}
		}
		m.Sort()
		last := ""
		for one := range m.All() {
			if one != want[one.ID] || one.ID <= last {
				t.Fatalf("%.100v behind %s, want %.100v", one, last, want[one.ID])
			}
			last = one.ID
		}
		if m.Len() != len(ids) || len(m.List()) != len(ids) {
			t.Fatalf("%d and %d members, want %d", m.Len(), len(m.List()), len(ids))
		}
	})
}
