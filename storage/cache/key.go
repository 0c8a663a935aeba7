package cache

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/tenants"
)

// epochName is what keys of an epoch begin with.
func epochName(s storage.CacheState) string {
	return "roster:" + s.Installation + ":" + strconv.FormatInt(s.Generation, 36) + ":" + s.Incarnation
}

// key is a key without its epoch: the tag, which decides about the slot, and
// what it is there.
type key struct{ tag, name string }

// in is the key as Redis has it.
func (k key) in(e *epoch) string { return e.name + ":{" + k.tag + "}:" + k.name }

// recordKey is where a resource is, and apart from that with its memberships.
func recordKey(dir scim.Directory, id string, with scim.With) key {
	kind := "r:"
	if with.Memberships {
		kind = "m:"
	}
	return key{dir.TenantID, kind + dir.ConnectionID + ":" + id}
}

// recordKeys are all places of a resource.
func recordKeys(r storage.TouchedResource) []key {
	return []key{
		recordKey(r.Directory, r.ID, scim.With{}),
		recordKey(r.Directory, r.ID, scim.With{Memberships: true}),
	}
}

// graphKey is the stamp of a directory's groups and who is in them.
func graphKey(dir scim.Directory) key { return key{dir.TenantID, "g:" + dir.ConnectionID} }

// lookupKey is where the answer to a look-up is. Values are people's names and
// addresses, so their digests stand for them.
func lookupKey(l storage.Lookup) key {
	sum := sha256.Sum256([]byte(l.Type + "\x00" + l.Attribute + "\x00" + l.Key))
	return key{l.Directory.TenantID, "l:" + l.Directory.ConnectionID + ":" + base64.RawURLEncoding.EncodeToString(sum[:])}
}

// connectionKey is the stamp of a connection's credentials.
func connectionKey(id string) key { return key{id, "c"} }

// credentialKey is where a token's credential is.
func credentialKey(connection tenants.ConnectionID, hash tenants.SecretHash) key {
	return key{connection.UUID(), credentialFormat + base64.RawURLEncoding.EncodeToString(hash[:])}
}

// touchedKeys are the keys that a change touches, by tag.
func touchedKeys(t *storage.Touched) map[string][]key {
	keys := make(map[string][]key)
	add := func(k key) { keys[k.tag] = append(keys[k.tag], k) }
	for _, r := range t.Resources() {
		for _, k := range recordKeys(r) {
			add(k)
		}
	}
	for _, l := range t.Lookups() {
		add(lookupKey(l))
	}
	for _, dir := range t.Graphs() {
		add(graphKey(dir))
	}
	for _, id := range t.Connections() {
		add(connectionKey(id))
	}
	return keys
}
